import { type Properties } from "../../core/properties";
import { explicitName } from "../dynamic/tokens";

/** One provider of a program: the default one, or an explicit one with a name and arguments of its own. */
export class Provider {
  /** Of an explicit provider. */
  readonly name: string | undefined;
  readonly #package: string;
  readonly #arguments: Properties;

  constructor(urn: string, packageName: string, args: Properties) {
    this.name = explicitName(urn.split("::").slice(3).join("::"));
    this.#package = packageName;
    this.#arguments = args;
  }

  /** The names of its arguments. */
  get given(): string[] {
    return Object.keys(this.#arguments).filter((name) => this.argument(name) !== undefined);
  }

  /** An argument as a text, in the form that the configuration of a stack has it. */
  argument(name: string): string | undefined {
    const value = Object.hasOwn(this.#arguments, name) ? this.#arguments[name] : undefined;
    if (value === undefined || value === null) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  /** By the full key of a stack's configuration: `nylas:apiKey`. */
  setting(key: string): string | undefined {
    const prefix = `${this.#package}:`;
    return key.startsWith(prefix) ? this.argument(key.slice(prefix.length)) : undefined;
  }
}
