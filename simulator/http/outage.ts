import { type FastifyInstance } from "fastify";

/** A while in which nothing listens on the server's port. */
export class Outage {
  private port = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly server: () => FastifyInstance["server"]) {}

  begin(milliseconds: number): void {
    const server = this.server();
    const address = server.address();
    if (address === null || typeof address === "string") return;
    this.port = address.port;
    server.close();
    server.closeAllConnections();
    this.timer = setTimeout(() => this.end(), milliseconds);
  }

  end(): void {
    if (this.timer === undefined) return;
    this.cancel();
    const server = this.server();
    // Somebody else may have the port for a moment: an outgoing connection is given any free one.
    const again = (): void => {
      this.timer = setTimeout(() => this.end(), 20);
    };
    server.once("error", again);
    server.listen(this.port, "127.0.0.1", () => server.off("error", again));
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
