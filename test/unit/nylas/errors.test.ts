import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseErrorBody } from "../../../provider/nylas/errors";

describe("an error body", () => {
  it("is read in the standard dialect, without the provider's noise", () => {
    const body = {
      request_id: "r-1",
      error: {
        type: "not_found_error",
        message: "requested object not found",
        provider_error: { error: "ErrorX" },
      },
    };
    assert.deepEqual(parseErrorBody(body), {
      type: "not_found_error",
      message: "requested object not found",
      requestId: "r-1",
    });
  });

  it("is read in the flat dialect, which may lack the request id", () => {
    assert.deepEqual(
      parseErrorBody({ type: "invalid_request_error", message: "extra fields not permitted: x" }),
      {
        type: "invalid_request_error",
        message: "extra fields not permitted: x",
        requestId: undefined,
      },
    );
  });

  it("is read in the OAuth dialect", () => {
    const body = {
      error: "invalid_client",
      error_code: 25009,
      error_description: "Bad key",
      error_uri: "u",
      request_id: "r",
    };
    assert.deepEqual(parseErrorBody(body), { type: "invalid_client", message: "Bad key", requestId: "r" });
  });

  it("is read in the token dialect", () => {
    const body = { request_id: "r", error: { code: "token.unauthorized_access", message: "Bad token" } };
    assert.equal(parseErrorBody(body)?.type, "token.unauthorized_access");
  });

  it("is read in the webhook dialect, whose type is a number", () => {
    const body = { request_id: "r", error: { type: "70005", message: "unable.verify.webhook_url : 404" } };
    assert.equal(parseErrorBody(body)?.type, "70005");
    assert.equal(parseErrorBody({ request_id: "r", error: { type: 70000, message: "m" } })?.type, "70000");
  });

  it("is read in the IAM dialect, with its details", () => {
    const body = {
      request_id: "r",
      error: {
        code: 400,
        type: "invalid",
        message: "Bad input",
        details: [{ field: "name", message: "too long" }],
      },
    };
    assert.deepEqual(parseErrorBody(body), {
      type: "invalid",
      message: "Bad input; name: too long",
      requestId: "r",
    });
  });

  it("brings its validation errors along", () => {
    const body = {
      request_id: "r",
      error: { type: "t", message: "m" },
      validation_errors: { email: "is required" },
    };
    assert.equal(parseErrorBody(body)?.message, "m; email: is required");
  });

  it("of somebody else is not taken for one of Nylas", () => {
    for (const foreign of [
      undefined,
      null,
      "Not Found",
      [],
      {},
      { message: "no Route matched with those values" },
      { error: "Not Found", path: "/v3/grants/x", status: 404 },
    ]) {
      assert.equal(parseErrorBody(foreign), undefined, JSON.stringify(foreign));
    }
  });

  it("cannot write to a terminal, however it is made", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (message) => {
        const read = parseErrorBody({ request_id: "r", error: { type: "t", message } })?.message ?? "";

        assert.doesNotMatch(read, /[\x00-\x1f\x7f-\x9f]/);
        assert(read.length <= 601);
      }),
    );
  });
});
