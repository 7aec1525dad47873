import { componentOfToken } from "../dynamic/tokens";

/** What a resource's URN tells. */
export interface Named {
  urn: string;
  /** The token, such as `nylas:index:Policy`. */
  type: string;
  /** The type in it: `Policy`. */
  kind: string;
  name: string;
  /** `project/stack/name`, as the label of the dynamic host. */
  label: string;
  /** The type of the parent, where that is not the stack; of a component the token that it had first, so that labels stay. */
  parent: string | undefined;
}

export function named(urn: string): Named {
  const [, stack = "", project = "", types = "", ...name] = urn.split("::").flatMap((part, i) => {
    // `urn:pulumi:stack`
    if (i > 0) return [part];
    return ["", part.slice("urn:pulumi:".length)];
  });
  const chain = types.split("$");
  const type = chain.at(-1)!;
  const parent = chain.at(-2);
  const whole = name.join("::");
  return {
    urn,
    type,
    kind: type.slice(type.lastIndexOf(":") + 1),
    name: whole,
    label: `${project}/${stack}/${whole}`,
    parent:
      parent !== undefined && componentOfToken(parent) !== undefined
        ? parent.replace(/^nylas:/, "pulumi-nylas:")
        : parent,
  };
}
