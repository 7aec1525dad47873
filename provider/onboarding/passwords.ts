/**
 * Whether an account keeps its app password. A preview shows a secret as the same word on both sides. So two values
 * are compared: the one that the call declares, and the one that the state holds. Both stay in this process.
 */
import * as pulumi from "@pulumi/pulumi";
import { type Plan } from "../components/tenantPlan";
import { kindOf } from "./objects";
import { type Entry } from "./run";

/** What the call declares, by the name of the account's resource. What is not known before the `up` is not in it. */
export type DeclaredPasswords = ReadonlyMap<string, string>;

/** To be called in the program of a preview, whose end waits for what is still to come. */
export function declaredPasswords({ inUse, staying }: Plan): DeclaredPasswords {
  const declared = new Map<string, string>();
  for (const { resource, args } of [...inUse, ...staying])
    pulumi.output(args.appPassword).apply((password) => {
      if (password !== undefined) declared.set(resource, password);
    });
  return declared;
}

/** The accounts, by their URNs, that have the password that is declared for them. */
export function keepingPasswords(entries: readonly Entry[], declared: DeclaredPasswords): Set<string> {
  const keeping = entries.filter((entry) => {
    if (entry.delete || kindOf(entry.type) !== "AgentAccount") return false;
    const password = declared.get(entry.urn.split("::").at(-1)!);
    return password !== undefined && passwordOf(entry) === password;
  });
  return new Set(keeping.map(({ urn }) => urn));
}

/** As an export with its secrets has it: the text of a JSON value. */
function passwordOf({ outputs }: Entry): unknown {
  const held = (outputs as { appPassword?: unknown } | undefined)?.appPassword;
  const text = (held as { plaintext?: unknown } | undefined)?.plaintext;
  if (typeof text !== "string") return held;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
