import * as automation from "@pulumi/pulumi/automation";
import { redact } from "../nylas/secret";
import { type TakenAway } from "./plan";

/** Why it did not work, and what to do. No key and no password is in it. */
export class OnboardingError extends Error {
  constructor(
    /** Where it ended: nothing was touched before `apply`. */
    readonly step: "check" | "open" | "plan" | "apply",
    /** What was found, one by one. */
    readonly findings: readonly string[],
    /** What to do. */
    readonly next: string,
    /** What the call would take away, if that is why it is refused: `allow` takes the `word` of each. */
    readonly takesAway: readonly TakenAway[] = [],
  ) {
    super(`${findings.join("\n")}\n${next}`);
    this.name = "OnboardingError";
  }
}

/** What Pulumi or Nylas said, with the way out where there is one. */
export function failed(
  step: OnboardingError["step"],
  findings: string[],
  error: unknown,
  secrets: string[],
): OnboardingError {
  const text = error instanceof Error ? error.message : String(error);
  const clean = (each: string) => redact(each, secrets);
  const locked = error instanceof automation.ConcurrentUpdateError;
  const wayOut = WAYS_OUT.find(
    ([sign], i) => sign.test([...findings, text].join("\n")) || (locked && i === 4),
  );
  const shown = [...new Set(findings.length > 0 ? findings : errorLines(text))];
  return new OnboardingError(
    step,
    shown.map(clean),
    wayOut?.[1] ??
      "Put that right and call again with the same arguments: what is done already is kept, and it goes on from there.",
  );
}

/** What Pulumi itself says when something around it is missing, and the way out. */
const WAYS_OUT: [RegExp, string][] = [
  [
    /spawn \S*pulumi\S* ENOENT|pulumi: (command )?not found/,
    "There is no pulumi on the PATH of this process: install it (https://www.pulumi.com/docs/install/), or give pulumiCommand.",
  ],
  [
    /passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    "Set PULUMI_CONFIG_PASSPHRASE in this process's environment or in env, or name a key service: secretsProvider.",
  ],
  [/incorrect passphrase/, "Set the PULUMI_CONFIG_PASSPHRASE that this stack was made with."],
  [
    /PULUMI_ACCESS_TOKEN|not logged in|pulumi login/i,
    'Set PULUMI_ACCESS_TOKEN, or say where the state is kept: env: { PULUMI_BACKEND_URL: "s3://…" }.',
  ],
  [
    /currently locked|another update is currently in progress|conflict.*update/is,
    "Another run works on this tenant: wait for it and call again. If it was killed: pulumi cancel in workDir, and then call again.",
  ],
  [
    /no resource plugin '?pulumi-resource-/,
    "Install the plugin that is named there: pulumi plugin install resource NAME VERSION.",
  ],
];

/** The Automation API gives the whole of what was printed, much of it twice. */
function errorLines(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const errors = lines.flatMap((line) => /^(?:stderr: )?error: (.*)$/.exec(line)?.[1] ?? []);
  return errors.length > 0 ? errors : lines.filter((line) => line !== "").slice(0, 3);
}
