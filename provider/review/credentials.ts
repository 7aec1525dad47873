/** Which set of credentials a resource works with. */
import { isDefaultProvider } from "../hosts/dynamic/tokens";
import { asText } from "./json";
import { type State } from "./steps";

type Served = Pick<State, "inputs" | "provider">;

/** The explicit provider of the native plugin that serves a resource, by its types and its name. */
export function explicitProvider({ provider = "" }: Pick<Served, "provider">): string | undefined {
  const [, , ...place] = provider.split("::");
  const [types = "", name = ""] = place;
  if (types.split("$").at(-1) !== "pulumi:providers:nylas" || isDefaultProvider(name)) return undefined;
  return place.join("::");
}

/** Two resources with the same text are served with the same credentials; it is empty for the default ones. */
export function credentialsOf(state: Served): string {
  return [asText(state.inputs["connection"]), explicitProvider(state)]
    .filter((part) => part !== undefined)
    .join(" ");
}
