/** A receiver for webhooks of Nylas: `WEBHOOK_SECRET=… NYLAS_API_KEY=… ts-node receiver.ts`. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";

const secret = process.env.WEBHOOK_SECRET ?? "";
const apiUrl = process.env.NYLAS_API_URL ?? "https://api.us.nylas.com";
const port = Number(process.env.PORT ?? 8787);

interface Event {
  type: string;
  data: { object: { grant_id?: string; id?: string; subject?: string } };
}

createServer((request, response) => {
  void handle(request).then(
    ([status, body]) => response.writeHead(status, { "Content-Length": Buffer.byteLength(body) }).end(body),
    (error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    },
  );
}).listen(port, () => console.log(`waiting for webhooks on port ${port}`));

async function handle(request: IncomingMessage): Promise<[number, string]> {
  // Nylas asks once, when the webhook is made: the token alone is the right answer, within ten seconds.
  const challenge = new URL(request.url ?? "/", "http://localhost").searchParams.get("challenge");
  if (request.method === "GET" && challenge !== null) return [200, challenge];

  const body = await read(request);
  if (!isSigned(body, request.headers["x-nylas-signature"])) return [401, "the signature does not fit"];
  const event = JSON.parse(body.toString("utf8")) as Event;
  const provider = await providerOf(event.data.object.grant_id);
  // One application carries agents' mailboxes and people's connected ones; an agent answers only for its own.
  if (provider === "nylas") console.log(`agent mailbox: ${event.type} ${event.data.object.subject ?? ""}`);
  else console.log(`connected ${provider ?? "unknown"} account: ${event.type}, left to its owner`);
  return [200, ""];
}

/** The signature is over the bytes as they came, never over parsed JSON. */
function isSigned(body: Buffer, given: string | string[] | undefined): boolean {
  const expected = createHmac("sha256", secret).update(body).digest();
  const signature = Buffer.from(typeof given === "string" ? given : "", "hex");
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

const providers = new Map<string, string>();

async function providerOf(grantId: string | undefined): Promise<string | undefined> {
  if (grantId === undefined) return undefined;
  const known = providers.get(grantId);
  if (known !== undefined) return known;
  const answer = await fetch(`${apiUrl}/v3/grants/${encodeURIComponent(grantId)}`, {
    headers: { Authorization: `Bearer ${process.env.NYLAS_API_KEY ?? ""}` },
  });
  if (!answer.ok) return undefined;
  const { data } = (await answer.json()) as { data: { provider: string } };
  providers.set(grantId, data.provider);
  return data.provider;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
