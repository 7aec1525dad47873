/** A fleet as it stands (`pulumi stack export`) or as a change would leave it (`pulumi preview --json --show-sames`). */
import { type Preview, readPreview } from "../../review/preview";
import { ReviewError } from "../../review/errors";
import { asList, asObject } from "../../review/json";

/** Reads either of the two. */
export function readFleet(text: string): Preview {
  const exported = deployment(text);
  if (!exported) {
    try {
      return readPreview(text);
    } catch (error) {
      if (!(error instanceof ReviewError) || text.trim() === "") throw error;
      throw new ReviewError(
        "This is neither what pulumi stack export writes nor pulumi preview --json --show-sames. Write it with pulumi stack export --file state.json, and hand that file over.",
      );
    }
  }
  // What waits for its delete since a replacement still stands at Nylas, and is no part of the program any more.
  const steps = asList(exported["resources"])
    .map((resource) => withoutSecrets(resource))
    .map((state) =>
      asObject(state)?.["delete"] === true
        ? { op: "delete-replaced", urn: asObject(state)?.["urn"], oldState: state }
        : { op: "same", urn: asObject(state)?.["urn"], oldState: state, newState: state },
    );
  const same = steps.filter(({ op }) => op === "same").length;
  // An interrupted run may have made objects that no entry names.
  const begun = asList(exported["pending_operations"]).length;
  const changeSummary = { same, ...(begun > 0 ? { create: begun } : {}) };
  return readPreview(JSON.stringify({ steps, changeSummary }), { showsPending: true });
}

function deployment(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(asObject(JSON.parse(text))?.["deployment"]);
  } catch {
    return undefined;
  }
}

/** What the engine puts around a secret, encrypted or (with `--show-secrets`) open. */
const SECRET = "4dabf18193072939515e22adb298388d";

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  const fields = asObject(value);
  if (!fields) return value;
  if (SECRET in fields) return "[secret]";
  return Object.fromEntries(Object.entries(fields).map(([key, item]) => [key, withoutSecrets(item)]));
}
