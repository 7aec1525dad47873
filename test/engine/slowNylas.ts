import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { type Simulator } from "nylas-simulator";

/**
 * A Nylas that delays a write. It receives the write at once, and does it when it is told to, whether anybody waits
 * for the answer or not.
 */
export async function slowNylas(
  sim: Simulator,
  path: string,
): Promise<{ url: string; asked: Promise<void>; goOn(): void; close(): void }> {
  let heard!: () => void;
  let goOn!: () => void;
  const asked = new Promise<void>((resolve) => (heard = resolve));
  const told = new Promise<void>((resolve) => (goOn = resolve));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => void answer(request.method!, request.url!, Buffer.concat(chunks)));

    async function answer(method: string, url: string, body: Buffer): Promise<void> {
      if (method === "POST" && url === path) {
        heard();
        await told;
      }
      const headers = Object.fromEntries(
        ["authorization", "content-type"].flatMap((name) => {
          const value = request.headers[name];
          return typeof value === "string" ? [[name, value]] : [];
        }),
      );
      const sent = await fetch(sim.url + url, { method, headers, ...(method === "GET" ? {} : { body }) });
      response.writeHead(sent.status, { "content-type": "application/json" });
      response.end(await sent.text());
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, asked, goOn, close };
}
