/**
 * A server between the provider and the simulator that passes everything on. When it is told to, it refuses
 * everything, and its refusals repeat all that it was sent: headers, body, address. Each refusal has another of the
 * shapes in which servers and proxies have been seen to do so.
 */
import { createServer, type IncomingMessage, request as send, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

export interface Echo {
  readonly url: string;
  /** The methods that are refused from now on; all others pass. */
  refuse(...methods: string[]): void;
  /** The methods whose answers lose their end from now on: the write is done, and its answer is cut in the middle of its JSON. */
  cut(...methods: string[]): void;
  /** What the refusals said, all together. */
  readonly said: string[];
  /** What the answers that were cut had said as a whole. */
  readonly lost: string[];
  close(): Promise<void>;
}

export async function startEcho(target: string): Promise<Echo> {
  const refused = new Set<string>();
  const cutShort = new Set<string>();
  const said: string[] = [];
  const lost: string[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { method } = request;
      if (!refused.has(method!))
        return passOn(target, request, body, response, cutShort.has(method!) ? lost : undefined);
      const [status, headers, text] = SHAPES[said.length % SHAPES.length]!(request, body.toString("utf8"));
      said.push(`${JSON.stringify(headers)} ${text}`);
      response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse: (...methods) => replace(refused, methods),
    cut: (...methods) => replace(cutShort, methods),
    said,
    lost,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

type Shape = (
  request: IncomingMessage,
  body: string,
) => [status: number, headers: Record<string, string>, text: string];

const asJson = { "content-type": "application/json" };

/** The dump of a request, as a debugging server writes it. */
function dump({ method, url, rawHeaders }: IncomingMessage, body: string): string {
  const headers = rawHeaders.map((each, i) => (i % 2 === 0 ? `${each}: ` : `${each}\r\n`)).join("");
  return `${method} ${url} HTTP/1.1\r\n${headers}\r\n${body}`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Whatever a body holds, as the names and values of fields that were found wrong. */
function fields(body: string): Record<string, unknown> {
  return body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
}

const SHAPES: Shape[] = [
  (request, body) => [
    422,
    asJson,
    JSON.stringify({
      request_id: "r",
      error: { type: "invalid_request_error", message: dump(request, body) },
    }),
  ],
  (request, body) => [
    400,
    asJson,
    JSON.stringify({ type: "bad_request", message: body + String(request.headers.authorization) }),
  ],
  (request, body) => [
    400,
    asJson,
    JSON.stringify({
      request_id: request.headers.authorization,
      error: { type: "t", message: "invalid" },
      validation_errors: { headers: request.headers, body: fields(body) },
    }),
  ],
  (request, body) => [
    502,
    { "content-type": "text/html" },
    `<html><pre>${escaped(dump(request, body))}</pre></html>`,
  ],
  (request, body) => [
    404,
    { "content-type": "text/plain" },
    Buffer.from(body + String(request.headers.authorization)).toString("base64"),
  ],
  (request, body) => [
    307,
    {
      location: `https://login.example/?to=${encodeURIComponent(body + String(request.headers.authorization))}`,
    },
    "",
  ],
  (request, body) => [
    500,
    { ...asJson, "x-request-id": String(request.headers.authorization) },
    `{"echo":${JSON.stringify(body)}`,
  ],
  (request, body) => [
    409,
    asJson,
    JSON.stringify({ request_id: "r", error: { type: body, message: JSON.stringify(request.headers) } }),
  ],
];

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function replace(set: Set<string>, values: string[]): void {
  set.clear();
  for (const value of values) set.add(value);
}

function passOn(
  target: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  lost: string[] | undefined,
): void {
  const { method, headers } = request;
  const onward = send(target + request.url, { method, headers }, (answer) => {
    void bodyOf(answer).then((whole) => {
      lost?.push(whole.toString("utf8"));
      // As much as two characters less is no JSON any more, and holds every secret still.
      const text = lost ? whole.subarray(0, -2) : whole;
      response.writeHead(answer.statusCode!, { ...answer.headers, "content-length": text.length }).end(text);
    });
  });
  onward.on("error", () => response.destroy());
  onward.end(body);
}
