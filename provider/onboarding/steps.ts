/** The steps of the engine's own preview. */

/** A resource on one side of a step, as the engine's events have it. */
export interface StepState {
  id?: string;
  custom?: boolean;
  protect?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** A step of the engine's preview. */
export interface Step {
  op: string;
  urn: string;
  type: string;
  old?: StepState | undefined;
  new?: StepState | undefined;
  /** The properties that the engine calls different; empty for resources of this package. */
  diffs?: string[] | undefined;
}
