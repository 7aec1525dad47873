/** How `probe` ends, beside the exit codes that it has in common with `doctor`. */
export const HARMLESS = 21;
export const AFFECTED = 22;
/** Something that it made is still there. */
export const LEFT_BEHIND = 23;
/** As of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;
