import { type Exchange } from "nylas-simulator";
import { Checker, type Difference } from "../../openapi/checker";
import { ApiDocument, type Json } from "../../openapi/document";

/** A document with one operation; the rest of it is beside the paths. */
export function documentOf(operation: Json, more: Json = {}, at = "/v3/things", method = "post"): Json {
  return { openapi: "3.1.0", info: {}, paths: { [at]: { [method]: operation } }, ...more };
}

/** An operation that takes and gives JSON of the schemas; without one, anything. */
export function operationOf({
  takes,
  gives,
  parameters,
}: {
  takes?: Json;
  gives?: Json;
  parameters?: Json[];
}): Json {
  return {
    ...(parameters && { parameters }),
    ...(takes && { requestBody: { required: true, content: { "application/json": { schema: takes } } } }),
    responses: { 200: { content: gives ? { "application/json": { schema: gives } } : {} } },
  };
}

export function exchangeOf(more: Partial<Exchange> = {}): Exchange {
  return {
    method: "POST",
    path: "/v3/things",
    query: "",
    requestType: "application/json",
    requestBody: {},
    status: 200,
    answerType: "application/json",
    answerBody: {},
    ...more,
  };
}

/** The differences in short: side, path and problem. */
export function told(document: Json, exchange: Partial<Exchange>): string[] {
  return differencesOf(document, exchange).map(({ side, path, problem }) =>
    [side, path, problem].filter(Boolean).join(" "),
  );
}

export function differencesOf(document: Json, exchange: Partial<Exchange>): Difference[] {
  return new Checker(new ApiDocument(document)).check(exchangeOf(exchange));
}
