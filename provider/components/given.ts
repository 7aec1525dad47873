/** Arguments of a component as they come from another language: any value in them may be an output. */
import * as pulumi from "@pulumi/pulumi";
import { inputError } from "../dns/adapters/fromData";
import { valueOf } from "../hosts/dynamic/produced";

/**
 * What becomes of a value: `plain`: it has to be known when the component is made. `later`: it may be an output. A record names the members
 * of an object, which itself has to be known; `*` stands for all others. A list has one form for all its items.
 */
export type Form = "plain" | "later" | readonly [Form] | { readonly [member: string]: Form };

/** Makes a value known as far as its form asks for. Throws for one that is not known, with its property. */
export function opened(form: Form, value: unknown, property: string): Promise<unknown> {
  return open(form, value, property, undefined);
}

/** `around` is the nearest output that the value was taken out of: what is left as an output depends on it. */
async function open(
  form: Form,
  value: unknown,
  property: string,
  around: pulumi.Output<unknown> | undefined,
): Promise<unknown> {
  if (form === "later") return around === undefined ? asInput(value) : around.apply(() => asInput(value));
  if (pulumi.Output.isInstance(value)) {
    const output = value as pulumi.Output<unknown> & { isKnown: Promise<boolean> };
    if (!(await output.isKnown)) throw notKnown(property);
    if (form === "plain" && (await pulumi.isSecret(output)))
      throw inputError(
        property,
        "is a secret; allowed: a plain value, because messages and previews show it",
      );
    return open(form, await valueOf(output), property, output);
  }
  if (pulumi.isUnknown(value)) throw notKnown(property);
  if (Array.isArray(value)) {
    const item = Array.isArray(form) ? (form[0] as Form) : "plain";
    return Promise.all(value.map((each, i) => open(item, each, `${property}[${i}]`, around)));
  }
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return value;
  const members = await Promise.all(
    Object.entries(value).map(async ([name, member]) => {
      const own = property === "" ? name : `${property}.${name}`;
      return [name, await open(formOf(form, name), member, own, around)] as const;
    }),
  );
  return Object.fromEntries(members.filter(([, member]) => member !== undefined && member !== null));
}

function formOf(form: Form, member: string): Form {
  if (typeof form === "string") return form;
  const forms = form as { readonly [name: string]: Form };
  return (Object.hasOwn(forms, member) ? forms[member] : forms["*"]) ?? "later";
}

/** A value that is not known is none for the SDK outside of an output. */
function asInput(value: unknown): unknown {
  return !pulumi.Output.isInstance(value) && pulumi.containsUnknowns(value) ? pulumi.output(value) : value;
}

function notKnown(property: string): Error {
  return inputError(
    property,
    "is not known yet; allowed: a value that is known when the program runs, because addresses and records have to be legible in a preview",
  );
}
