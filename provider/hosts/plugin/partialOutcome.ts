import { type Properties } from "../../core/properties";

/** The object exists, but is not what was wanted. */
export class PartialOutcome extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Properties,
    reason: string,
  ) {
    super(reason);
  }
}
