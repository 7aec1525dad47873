"use strict";
/**
 * Loaded before anything else into a plugin process that answers its parent directly. The process serves its operations over gRPC
 * as ever, and over the channel to its parent as well: the same handlers and the same messages, without HTTP/2 around them.
 */
const grpc = require("@grpc/grpc-js");

const { addService } = grpc.Server.prototype;
grpc.Server.prototype.addService = function (definition, handlers) {
  process.on("message", ({ n, method, request }) => {
    const { requestDeserialize, responseSerialize } = definition[method];
    handlers[method]({ request: requestDeserialize(Buffer.from(request)) }, (error, response) =>
      process.send(error ? { n, error: statusOf(error) } : { n, response: responseSerialize(response) }),
    );
  });
  process.on("disconnect", () => process.exit());
  return addService.call(this, definition, handlers);
};

/** As the gRPC server puts an error into words. */
function statusOf({ code = grpc.status.UNKNOWN, details, message = "Unknown Error", metadata }) {
  return { code, details: details ?? message, packed: metadata?.get("grpc-status-details-bin")[0] };
}
