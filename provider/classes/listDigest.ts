import * as pulumi from "@pulumi/pulumi";
import { show } from "../core/fields";
import { type ListType } from "../nylas/api";
import { digestOfItems, itemProblem, readItems } from "../properties/listItems";

/** In the program: the state holds the digest of the file's items, so that a change of the file is a change of the resource. */
export function withDigest(
  args: { itemsFile?: pulumi.Input<string>; type: pulumi.Input<ListType> } | undefined,
): object | undefined {
  if (typeof args !== "object" || args?.itemsFile === undefined) return args;
  const itemsDigest = pulumi.all([args.itemsFile, args.type]).apply(([file, type]) => {
    // What is wrong with these is for check to say.
    if (typeof file !== "string" || !["address", "domain", "tld"].includes(type)) return undefined;
    return digestOrProblem(file, type);
  });
  return { ...args, itemsDigest };
}

/**
 * The digest of the items, or what is wrong with the file, for check to refuse. An error thrown here would make Pulumi's SDK print the whole
 * object graph of the program, which takes minutes and gigabytes.
 */
function digestOrProblem(file: string, type: ListType): string {
  let items: string[];
  try {
    items = readItems(file);
  } catch (error) {
    return (error as Error).message;
  }
  const wrong = items.find((item) => itemProblem(type, item) !== undefined);
  if (wrong === undefined) return digestOfItems(items);
  return `itemsFile: ${file} holds ${show(wrong)}; allowed: in a list of type ${type}, ${itemProblem(type, wrong)!.allowed}, one to a line`;
}
