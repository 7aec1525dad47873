import { AsyncLocalStorage } from "node:async_hooks";

const given = new AsyncLocalStorage<NodeJS.ProcessEnv>();

/**
 * The environment that a program reads its settings from. A program that a service runs inside of itself has the
 * variables of its run, like the engine and its plugins. It does not have the service's own alone.
 */
export function programEnvironment(): NodeJS.ProcessEnv {
  return given.getStore() ?? process.env;
}

/** Runs a program with variables beside the process's own. Programs that run at the same time each have theirs. */
export function withVariables<T>(variables: NodeJS.ProcessEnv | undefined, program: () => T): T {
  return given.run({ ...process.env, ...variables }, program);
}
