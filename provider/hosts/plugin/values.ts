import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { SECRETS, secretsIn } from "../../core/secretInputs";
import { type Properties } from "../../core/properties";
import { strip } from "../../core/equality";
import { holdsUnknown, UNKNOWN } from "../../core/unknown";

/** How the engine writes what JSON cannot say: an object with this key, whose value tells what it is. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** What stands for a value that is not known yet, by the type that it will have. */
const UNKNOWNS = new Set([
  UNKNOWN,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Plain properties, and where secrets stood in them. */
export interface Received {
  values: Properties;
  /** As the state records them: `path`, `path.member`, `path[].member`. Sorted, each once. */
  secrets: string[];
}

/** Properties as the life cycle takes them. */
export function received(struct: Struct | undefined): Received {
  const secrets = new Set<string>();
  const values = plain(struct?.toJavaScript() ?? {}, "", secrets) as Properties;
  return { values, secrets: [...secrets].sort() };
}

function plain(value: unknown, path: string, secrets: Set<string>): unknown {
  if (typeof value === "string") return UNKNOWNS.has(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map((item) => plain(item, `${path}[]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const members = value as Properties;
  switch (members[SIGNATURE]) {
    case SECRET:
      secrets.add(path);
      // What a secret holds is one with it.
      return plain(members.value, path, new Set());
    case OUTPUT:
      if (members.secret === true) secrets.add(path);
      if (members.value === undefined) return UNKNOWN;
      return plain(members.value, path, members.secret === true ? new Set() : secrets);
    case RESOURCE:
      return plain(members.id ?? members.urn, path, secrets);
    default:
      return Object.fromEntries(
        Object.entries(members).map(([name, member]) => [
          name,
          plain(member, path === "" ? name : `${path}.${name}`, secrets),
        ]),
      );
  }
}

/** Properties for the engine, with what stands at these paths marked as secret, and what is recorded as secret beside them. */
export function sent(values: Properties, ...secrets: readonly (readonly string[])[]): Struct {
  const paths = new Set([...secrets.flat(), ...secretsIn(values)]);
  let marked = wholeUnknowns(strip(values)) as Properties;
  for (const path of paths) marked = mark(marked, path.split(".")) as Properties;
  return Struct.fromJavaScript(marked as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** A text with an unknown part is not known. */
function wholeUnknowns(value: unknown): unknown {
  if (typeof value === "string") return holdsUnknown(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(wholeUnknowns);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, wholeUnknowns(member)]));
}

/** A list with a secret somewhere in it is one as a whole: its items may come back in another order. */
function mark(value: unknown, [step, ...rest]: string[]): unknown {
  if (step === undefined)
    return isSecret(value) ? value : { [SIGNATURE]: SECRET, value: withoutMarks(value) };
  if (typeof value !== "object" || value === null || isSecret(value)) return value;
  const name = step.replace(/(\[\])+$/, "");
  if (!Object.hasOwn(value, name)) return value;
  const inside = (value as Properties)[name];
  return { ...value, [name]: mark(inside, step === name ? rest : []) };
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as Properties)[SIGNATURE] === SECRET;
}

function withoutMarks(value: unknown): unknown {
  return plain(value, "", new Set());
}

/** What the life cycle is told of secrets: those that are not known by their names. */
export function toldSecrets({ secrets }: Received, always: readonly string[]): string[] {
  return secrets.filter((path) => path !== SECRETS && !always.includes(path.split(/[.[]/)[0]!));
}
