import * as pulumi from "@pulumi/pulumi";
import { type ListType } from "../nylas/api";
import { digestOrProblem } from "../properties/listItems";

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
