/** One step on one resource, as the engine has it. */
export interface Step {
  op: string;
  urn: string;
  old: State | undefined;
  new: State | undefined;
  /** The properties that differ. */
  diffs: string[];
  /** The properties that ask for a replacement. */
  replaces: string[];
}

/** A resource on one side of a step. */
export interface State {
  urn: string;
  type: string;
  /** Whether a provider manages it; a component groups others only. */
  custom: boolean;
  id: string | undefined;
  parent: string | undefined;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  /** Which resources a property is made from; the only trace of a value that is not known yet. */
  propertyDependencies: Record<string, string[]>;
  /** All resources that it waits for, in an `up`. */
  dependencies: string[];
  /** The provider's URN, without the id of this very run. */
  provider: string | undefined;
  protect: boolean;
  retainOnDelete: boolean;
  /** Left over from a replacement, to be deleted. */
  leftover: boolean;
  /** Looked up by its id (`.get`): managed by another stack, or elsewhere. */
  external: boolean;
}
