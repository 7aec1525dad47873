import { type Api } from "../http/api.js";
import { objectBody } from "../http/bodies.js";
import { ApiError } from "../http/errors.js";
import { type FaultRule } from "../http/faults.js";
import { type Json } from "../model/exchange.js";
import { type ObjectKind } from "../model/lookup.js";
import { type SimulatorKeys } from "../model/objects.js";
import { type SeedObject } from "../seeding/objects.js";
import { BadOption } from "../settings/settings.js";
import { type NewMail, type NewMessage, type NewRecord } from "./control.js";
import { type Controller } from "./controller.js";

/** The control routes under `/_control`: no key, never spoilt, never logged. */
export function controlRoutes(api: Api, control: Controller, addresses: () => object): void {
  const { fastify } = api;
  const add = (method: "GET" | "POST" | "DELETE", path: string, act: (body: Json) => unknown): void => {
    fastify.route({
      method,
      url: `/_control${path}`,
      handler: async (request, reply) => {
        try {
          const bytes = request.body;
          const body =
            Buffer.isBuffer(bytes) && bytes.length > 0 ? (JSON.parse(bytes.toString("utf8")) as unknown) : {};
          return reply.send((await act(objectBody(body))) ?? {});
        } catch (error) {
          const known =
            error instanceof BadOption || error instanceof ApiError || error instanceof SyntaxError;
          return reply.code(known ? 400 : 500).send({ error: String((error as Error).message) });
        }
      },
    });
  };
  add("GET", "/state", () => control.state());
  add("GET", "/addresses", addresses);
  add("GET", "/requests", () => ({ requests: control.requests, dns: control.dns.log }));
  add("GET", "/writes", () => ({ requests: control.writes() }));
  add("DELETE", "/requests", () => control.clearRequests());
  add("POST", "/messages", (body) => ({ id: control.addMessage(body as unknown as NewMessage) }));
  add("POST", "/mail", (body) => ({ id: control.receive(body as unknown as NewMail) }));
  add("POST", "/seed", (body) => ({ id: control.seed(body as SeedObject) }));
  add("POST", "/edit", (body) =>
    control.edit(body.kind as ObjectKind, String(body.id), objectBody(body.change, "change")),
  );
  add("POST", "/remove", (body) => control.remove(body.kind as ObjectKind, String(body.id)));
  add("POST", "/check-app-password", (body) => ({
    matches: control.checkAppPassword(String(body.grant), String(body.password)),
  }));
  add("POST", "/check-webhook-secret", (body) => ({
    matches: control.checkWebhookSecret(String(body.webhook), String(body.secret)),
  }));
  add("POST", "/settled", () => control.settled());
  add("POST", "/rotate-key", (body) => ({ value: control.rotateKey(body.name as keyof SimulatorKeys) }));
  add("POST", "/limit-key", (body) => control.limitKey(body.name as keyof SimulatorKeys, body));
  add("POST", "/clock", (body) => {
    control.advanceClock(body.advanceSeconds as number);
    return { seconds: control.store.clock.seconds() };
  });
  add("POST", "/propagation", (body) => control.setPropagationDelay(body.delayMs as number));
  add("GET", "/settings", () => control.store.settings);
  add("POST", "/settings", (body) => control.configure(body));
  add("POST", "/records", (body) => {
    const { zone, ...record } = body;
    return { id: control.putRecord(String(zone), record as unknown as NewRecord) };
  });
  add("POST", "/records/remove", (body) => control.removeRecord(String(body.zone), String(body.id)));
  add("POST", "/delegation", (body) =>
    control.setDelegation(String(body.zone), (body.nameServers ?? null) as string[] | null),
  );
  add("GET", "/faults", () => ({ faults: control.faults() }));
  add("POST", "/faults", (body) => control.addFault(body as unknown as FaultRule));
  add("DELETE", "/faults", () => control.clearFaults());
  add("POST", "/reset", () => control.reset());
}
