/**
 * For what `npm run test:long` runs and `npm test` does not. On the engine, `npm test` runs one scenario of each
 * promise. Long are its siblings, the tests of other people's parts, what the seeded runs test as well, and what has
 * a command of its own. One of them by hand: `LONG_RUN=1 npx mocha test/engine/FILE -g TITLE`.
 */
const isLongRun = Boolean(process.env["LONG_RUN"]);

// Mocha's functions are looked up when they are called: a worker of `--parallel` has new ones for each file that it runs.
export function describeInLongRun(title: string, tests: (this: Mocha.Suite) => void): void {
  if (isLongRun) describe(title, tests);
  else describe.skip(title, tests);
}

/** For one rule that is tested with several inputs: those that stand for all are ordinary tests, the others are long. */
export function itOrdinarilyIf(
  isOrdinary: boolean,
  title: string,
  test: (this: Mocha.Context) => Promise<void> | void,
): void {
  if (isOrdinary) it(title, test);
  else itInLongRun(title, test);
}

export function itInLongRun(title: string, test: (this: Mocha.Context) => Promise<void> | void): void {
  if (isLongRun) it(title, test);
  else it.skip(title, test);
}
