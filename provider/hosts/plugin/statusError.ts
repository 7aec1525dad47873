import * as grpc from "@grpc/grpc-js";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";

/** An answer that says more than its message: the engine reads the detail. */
export class StatusError extends Error {
  readonly metadata = new grpc.Metadata();

  /** `type` is the name of the detail's message, such as `pulumirpc.ErrorResourceInitFailed`. */
  constructor(message: string, type: string, detail: { serializeBinary(): Uint8Array }) {
    super(message);
    const packed = new Any();
    packed.pack(detail.serializeBinary(), type);
    // The engine drops details whose code is not the one of the answer.
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message);
    status.addDetails(packed);
    this.metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
}
