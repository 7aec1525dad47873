"use strict";
// Preloaded into a process: its wall clock is WALL_CLOCK_AHEAD milliseconds ahead (behind, where negative). What measures time that passes is as it was.
const ahead = Number(process.env.WALL_CLOCK_AHEAD ?? 0);
const Right = Date;
globalThis.Date = class extends Right {
  constructor(...given) {
    if (given.length === 0) super(Right.now() + ahead);
    else super(...given);
  }
  static now() {
    return Right.now() + ahead;
  }
};
