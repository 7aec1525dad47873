import assert from "node:assert/strict";
import { inspect } from "node:util";
import { NylasError } from "../../../provider/nylas/errors";

/** The error of a call that has to fail. */
export async function failure(promise: Promise<unknown>): Promise<NylasError> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof NylasError, inspect(error));
    return error;
  }
  throw new assert.AssertionError({ message: "no error came" });
}
