/** How `smoke` ends, beside the exit codes that it has in common with `doctor`. */
export const NOT_ARRIVED = 20;
/** As of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;
