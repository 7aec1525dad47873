/**
 * How deep the stacks are that are taken while a resource registers itself.
 *
 * For every property of a resource Pulumi makes four promises. For each of them it takes a stack that nobody sees
 * unless the promise leaks. Writing ten frames of it, through the source maps, takes longer than all else a program
 * of a thousand resources does. Five frames still name the program's own line below the constructors of Pulumi and of
 * the resource. What the state records of source positions does not come from here: for those Pulumi sets the depth
 * itself.
 */
const DEPTH = 5;

let before: number | undefined;

/** From here to {@link restoreStackDepth}, or to the end of what runs now, stacks are short. */
export function limitStackDepth(): void {
  if (before !== undefined || !(Error.stackTraceLimit > DEPTH)) return;
  before = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  // A constructor that throws does not come to its end.
  queueMicrotask(restoreStackDepth);
}

/** As deep as before. */
export function restoreStackDepth(): void {
  if (before === undefined) return;
  Error.stackTraceLimit = before;
  before = undefined;
}
