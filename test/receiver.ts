import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";

/** A request as it came to the receiver. */
export interface Received {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An endpoint for webhooks; `answer` decides what it says, by default to give challenges back and to thank for the rest. */
export interface Receiver {
  url: string;
  received: Received[];
  answer: (request: Received, response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url!, "http://127.0.0.1");
      const got = { method: request.method!, url, headers: request.headers, body };
      receiver.received.push(got);
      receiver.answer(got, response);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    answer: (request, response) => {
      const token = request.url.searchParams.get("challenge") ?? "";
      response.writeHead(200, { "content-length": Buffer.byteLength(token) }).end(token);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
