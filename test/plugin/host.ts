/**
 * Which host the plugin suite drives: the dynamic one, or with NYLAS_HOST=plugin the native plugin. The tests speak the dynamic host's
 * language: what its constructors tell check, in `label`, an engine tells the native plugin by its requests.
 */
import { resolve } from "node:path";
import { type Properties } from "./harness";

export const isNative = process.env["NYLAS_HOST"] === "plugin";

/** What is started, with the engine's address behind it. */
export const nativeEntry = resolve(__dirname, "../../provider/dist/plugin.js");

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

interface Told {
  label?: unknown;
  secret?: string[];
  unknown?: string[];
}

/** Inputs of a check as the engine sends them, and the name in the URN. */
export function checkedNatively(news: Properties, name: string): { news: Properties; name: string } {
  const { label: told, __provider: _text, __refused: _asked, ...inputs } = news;
  const { label, secret = [] } = (typeof told === "object" && told !== null ? told : { label: told }) as Told;
  return {
    news: secret.reduce((marked, path) => mark(marked, path.split(".")) as Properties, inputs),
    name: typeof label === "string" ? label.split("/").slice(2).join("/") : name,
  };
}

function mark(value: unknown, [step, ...rest]: string[]): unknown {
  if (step === undefined) return { [SIGNATURE]: SECRET, value };
  if (typeof value !== "object" || value === null) return value;
  const [member = "", ...lists] = step.split("[]");
  if (!Object.hasOwn(value, member)) return value;
  const inside = (value as Properties)[member];
  const marked =
    lists.length > 0 && Array.isArray(inside)
      ? inside.map((item: unknown) => mark(item, rest))
      : mark(inside, rest);
  return { ...value, [member]: marked };
}

/** The settings of the stack as the engine gives them to its default provider. */
export function providerArguments(config: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith("nylas:") ? [[key.slice("nylas:".length), value]] : [],
    ),
  );
}

/** Without the marks of secrets. */
export function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const members = value as Properties;
  if (members[SIGNATURE] === SECRET) return opened(members["value"]);
  return Object.fromEntries(Object.entries(members).map(([key, each]) => [key, opened(each)]));
}
