import * as pulumi from "@pulumi/pulumi";

/**
 * The options that a resource is registered with, after the transformations of the program. Pulumi keeps most of them nowhere on the
 * program's side, and `retainOnDelete` and `deletedWith` come from a parent too.
 *
 * Transforms that the engine runs (`registerResourceTransform`, the option `transforms`) are not seen.
 */
export interface FinalOptions extends pulumi.CustomResourceOptions {
  parent?: pulumi.Resource;
}

const seen = new WeakMap<pulumi.Resource, FinalOptions>();

/** Looks at every resource that is declared from now on. To be called before the first one. */
export function watchOptions(): void {
  const stack = stackOf();
  if (stack === undefined || watched.has(stack)) return;
  watched.add(stack);
  pulumi.runtime.registerStackTransformation(watch);
}

export function wasSeen(resource: pulumi.Resource): boolean {
  return seen.has(resource);
}

/** An inherited option of a resource; undefined where neither it nor what it is a child of has been seen with one. */
export function inherited<Name extends "retainOnDelete" | "deletedWith">(
  resource: pulumi.Resource,
  name: Name,
): FinalOptions[Name] | undefined {
  const options = seen.get(resource);
  if (options?.[name] !== undefined) return options[name];
  const parent = options?.parent;
  return parent === undefined ? undefined : inherited(parent, name);
}

/** A transformation that judges a resource by its final options, before it is registered. */
export function validatedLast(
  judge: (resource: pulumi.Resource, options: FinalOptions, name: string) => void,
): pulumi.ResourceTransformation {
  return ({ resource }) => {
    addLast(resource, ({ resource: declared, opts, name }) => {
      seen.set(declared, opts);
      judge(declared, opts, name);
      return undefined;
    });
    return undefined;
  };
}

const watched = new WeakSet<object>();

const watch: pulumi.ResourceTransformation = ({ resource }) => {
  addLast(resource, note);
  return undefined;
};

const note: pulumi.ResourceTransformation = ({ resource, opts }) => {
  seen.set(resource, opts);
  return undefined;
};

/** What takes the transforms of a program that the engine runs, once there is one. */
export interface CallbackServer {
  awaitStackRegistrations?(): Promise<void>;
}

/** Undefined while the program has no transform that the engine runs. */
export function transformsOfProgram(): CallbackServer | undefined {
  try {
    // Pulumi's own word on whether a program has any is in no public place.
    // oxlint-disable-next-line typescript/no-require-imports
    const { getStore } = require("@pulumi/pulumi/runtime/state") as {
      getStore?: () => { callbacks?: CallbackServer };
    };
    return getStore?.().callbacks;
  } catch {
    return undefined;
  }
}

/** The list is walked while this is called: what is added to it is called after all others. */
function addLast(resource: pulumi.Resource, transformation: pulumi.ResourceTransformation): void {
  const all = (resource as { __transformations?: pulumi.ResourceTransformation[] }).__transformations;
  if (Array.isArray(all) && all.at(-1) !== transformation) all.push(transformation);
}

function stackOf(): object | undefined {
  try {
    return pulumi.runtime.getStackResource();
  } catch {
    return undefined;
  }
}
