import * as pulumi from "@pulumi/pulumi";
import { SECRET_SETTINGS, SETTING_NAMES } from "../../nylas/settingNames";
import { nearest } from "../../core/fields";
import { runError } from "./runError";

const looked = new Set<string>();

/**
 * Looks at the stack's settings when the program declares its first resource, because nobody else sees all their names: a mistyped
 * `nylas:protct` would protect nothing. Throws for a name that is no setting; warns of a key that stands in plain text.
 */
export function requireKnownSettings(connection: unknown): void {
  const scope = typeof connection === "string" ? `nylas-${connection}` : "nylas";
  // A project of that name has its own configuration there.
  if (pulumi.getProject() === scope) return;
  const once = `${pulumi.getProject()}/${pulumi.getStack()}/${scope}`;
  if (looked.has(once)) return;
  looked.add(once);
  for (const key of Object.keys(pulumi.runtime.allConfig())) {
    if (!key.startsWith(`${scope}:`)) continue;
    const name = key.slice(scope.length + 1);
    if (!(SETTING_NAMES as readonly string[]).includes(name)) throw runError(strange(scope, name));
    if ((SECRET_SETTINGS as readonly string[]).includes(name) && !isSecret(key)) {
      void pulumi.log.warn(
        `${key} stands in plain text in the stack's configuration. Run: pulumi config set --secret ${key}`,
      );
    }
  }
}

function strange(scope: string, name: string): string {
  const near = nearest(name, SETTING_NAMES);
  const known = SETTING_NAMES.map((each) => `${scope}:${each}`).join(", ");
  return (
    `${scope}:${name} is not a setting of pulumi-nylas, so it would have no effect. ` +
    (near === undefined ? `The settings are ${known}. ` : `Did you mean ${scope}:${near}? `) +
    `Take it away: pulumi config rm ${scope}:${name}`
  );
}

/** Newer and older SDKs tell which keys are secret by a function that they do not declare; where it is missing nothing is said. */
function isSecret(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return isConfigSecret?.(key) ?? true;
}
