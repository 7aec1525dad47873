/** Says whose default name an object bears. A default name is `project/stack/name`, see `label.ts`. */

/** `project/stack` of a default name; undefined for a name that somebody chose. */
export function stackOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : /^([^/\s]+\/[^/\s]+)\/./.exec(name)?.[1];
}

/** A sentence for a refusal; undefined where the name is nobody's default. */
export function whoseLabel(own: string | undefined, name: string | undefined): string | undefined {
  const stack = stackOf(name);
  return stack === undefined ? undefined : `It bears ${whoseDefault(stackOf(own), stack)}`;
}

/** Completes "It bears …". A stack that was renamed, and one in another backend, have left this stack's name on theirs. */
export function whoseDefault(own: string | undefined, stack: string): string {
  const [project, name] = stack.split("/");
  if (stack !== own) return `the default name of stack ${name} of project ${project}, which may hold it.`;
  return (
    `the default name of this stack (${stack}), and no interrupted run of it on this machine explains that. Another stack may have had this name, in this ` +
    `backend or in another one, and may hold it; or a run of this stack on another machine has made it and was killed.`
  );
}
