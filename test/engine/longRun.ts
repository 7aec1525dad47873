/**
 * For what `npm run test:long` runs and `npm test` does not: what is tested of other people's parts, what the seeded runs test as
 * well, and what has a command of its own. The ordinary run has to stay short enough to be waited for.
 */
const isLongRun = Boolean(process.env["LONG_RUN"]);

export const describeInLongRun = isLongRun ? describe : describe.skip;
export const itInLongRun = isLongRun ? it : it.skip;
