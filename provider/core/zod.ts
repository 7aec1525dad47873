import Module from "node:module";
import { type Zod } from "./schemas";

/**
 * The schema library, loaded with the first check and without its languages. Two thirds of its files are messages in
 * sixty languages, and loading them would delay every preview. Our messages are written here. Other code in the
 * process that asks for the languages has them.
 */
export function loadZod(): Zod {
  if (!loaded) {
    const withdraw = postpone("zod/v4/locales");
    // oxlint-disable-next-line typescript/no-require-imports
    loaded = require("zod/mini") as Zod;
    withdraw();
  }
  return loaded;
}

let loaded: Zod | undefined;

/** Until it is withdrawn, whoever requires a module has one that is loaded when it is looked into. */
function postpone(name: string): () => void {
  // A bundler, or a test that loads modules in its own way, may have none.
  const cache = require.cache as NodeJS.Dict<NodeJS.Module> | undefined;
  const file = fileOf(name);
  if (!cache || file === undefined || cache[file] !== undefined) return () => undefined;
  const standIn = new Module(file);
  const withdraw = () => {
    if (cache[file] === standIn) delete cache[file];
  };
  const whole = () => {
    withdraw();
    // oxlint-disable-next-line typescript/no-require-imports
    return require(file) as Record<PropertyKey, unknown>;
  };
  standIn.exports = new Proxy(
    {},
    {
      get: (_, key) => (key === "__esModule" ? true : whole()[key]),
      has: (_, key) => key in whole(),
      ownKeys: () => Reflect.ownKeys(whole()),
      getOwnPropertyDescriptor(_, key) {
        const property = Reflect.getOwnPropertyDescriptor(whole(), key);
        return property && { ...property, configurable: true };
      },
    },
  );
  standIn.loaded = true;
  cache[file] = standIn;
  return withdraw;
}

/** A bundle holds what it needs, and nothing beside it is to be found. */
function fileOf(name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
