/** The shapes in which error bodies come. */
export type Dialect = "standard" | "flat" | "oauth" | "token" | "webhook" | "iam" | "cloudflare";

/** An answer that refuses the request, in one of the API's dialects. */
export class ApiError extends Error {
  override name = "ApiError";
  /** Headers of the answer. */
  headers: Record<string, string> = {};
  constructor(
    readonly status: number,
    /** `error.type`, or its counterpart in the dialect; for Cloudflare the numeric code. */
    readonly type: string,
    message: string,
    readonly dialect: Dialect = "standard",
    /** Only Cloudflare: what stands below the code in `error_chain`. */
    readonly chain?: { code: number; message: string }[],
  ) {
    super(message);
  }
}

/** 404 for an object that is not there, or not there for this key. */
export function notFound(message = "requested object not found", type = "not_found_error"): ApiError {
  return new ApiError(404, type, message);
}

/** 400 for a body that says something impossible. */
export function invalid(message: string, type = "invalid_request_error"): ApiError {
  return new ApiError(400, type, message);
}

/** 400 in the flat shape of body validation. */
export function invalidBody(message: string): ApiError {
  return new ApiError(400, "invalid_request_error", message, "flat");
}

/** The body of an error in its dialect. */
export function errorBody(error: ApiError, requestId: string): object {
  const { type, message } = error;
  switch (error.dialect) {
    case "standard":
    case "webhook":
      return { request_id: requestId, error: { type, message } };
    case "flat":
      return { request_id: requestId, type, message };
    case "oauth":
      return {
        error: type,
        error_code: 25000 + error.status,
        error_description: message,
        error_uri: "https://developer.nylas.com/docs/api/errors",
        request_id: requestId,
      };
    case "token":
      return { request_id: requestId, error: { code: type, type, message } };
    case "iam":
      return { request_id: requestId, error: { code: type, type, message, details: {} } };
    case "cloudflare": {
      const chain = error.chain ? { error_chain: error.chain } : {};
      return {
        success: false,
        errors: [{ code: Number(type), message, ...chain }],
        messages: [],
        result: null,
      };
    }
  }
}
