/**
 * For what `npm run test:long` runs and `npm test` does not: what is tested of other people's parts, what the seeded runs test as
 * well, and what has a command of its own. The ordinary run has to stay short enough to be waited for.
 */
const isLongRun = Boolean(process.env["LONG_RUN"]);

// Mocha's functions are looked up when they are called: a worker of `--parallel` has new ones for each file that it runs.
export function describeInLongRun(title: string, tests: (this: Mocha.Suite) => void): void {
  if (isLongRun) describe(title, tests);
  else describe.skip(title, tests);
}

export function itInLongRun(title: string, test: (this: Mocha.Context) => Promise<void> | void): void {
  if (isLongRun) it(title, test);
  else it.skip(title, test);
}
