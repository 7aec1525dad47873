/** Random programs for the review, and random edits of them. */
import { type Simulator } from "nylas-simulator";
import { OperationError, type Properties } from "./harness";
import { IMPORT } from "./previewJson";
import { type Declared, type Input, type Of, type Vendor } from "./stack";
import { type Random } from "../faults/random";
import { status as grpcStatus } from "@grpc/grpc-js";

export const DOMAIN = "agents.example.com";
export const RECORD = "cloudflare:index/dnsRecord:DnsRecord";

/** An argument of a resource: a value, the id of another, one of several ids, or a part of a record that Nylas asks for. */
export type Value =
  | string
  | number
  | boolean
  | undefined
  | Value[]
  | { ref: string }
  | { pick: string[]; at: number }
  | { slot: string; part: "name" | "value" | "priority" }
  | { records: true }
  | { [property: string]: Value };

export interface Spec {
  type: string;
  name: string;
  inputs: Record<string, Value>;
  aliases?: string[];
  dependsOn?: string[];
  retainOnDelete?: boolean;
}

/** As the engine is told of it. */
export function compiled(program: readonly Spec[]): Declared[] {
  return program.map(({ inputs, ...rest }) => ({
    ...rest,
    inputs: Object.fromEntries(
      Object.entries(inputs).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, inputOf(value)] as const],
      ),
    ),
  }));
}

function inputOf(value: Value): Input {
  if (Array.isArray(value)) return value.map(inputOf);
  if (typeof value !== "object") return value;
  if ("ref" in value) return (of: Of) => of(value.ref as string).id;
  if ("pick" in value) {
    const { pick, at } = value as { pick: string[]; at: number };
    return (of: Of) => {
      // As pulumi.all does: it depends on all of them, and is known when all are.
      const ids: unknown[] = [];
      const failures: unknown[] = [];
      for (const name of pick) {
        try {
          ids.push(of(name).id);
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return ids[at];
    };
  }
  if ("slot" in value) {
    const { slot, part } = value as { slot: string; part: string };
    return (of: Of) => (of("records").records as Record<string, Record<string, unknown>>)[slot]![part];
  }
  if ("records" in value) return (of: Of) => of("records").records;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inputOf(inner)]));
}

/** Names every reference in a program, so that an edit leaves none dangling. */
export function refersTo(value: Value, name: string): boolean {
  if (Array.isArray(value)) return value.some((each) => refersTo(each, name));
  if (typeof value !== "object") return false;
  if ("ref" in value) return value.ref === name;
  if ("pick" in value) return (value as { pick: string[] }).pick.includes(name);
  if ("slot" in value || "records" in value) return name === "records";
  return Object.values(value).some((each) => refersTo(each, name));
}

/** Cloudflare's records in the simulator's zones, as its provider makes them. */
export function cloudflare(sim: () => Simulator): Vendor {
  const refuse = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw new OperationError((error as Error).message, grpcStatus.UNKNOWN, undefined);
    }
  };
  const put = ({ zoneId, type, name, content, priority }: Properties) =>
    refuse(() =>
      sim().putRecord(String(zoneId), {
        type: String(type),
        name: String(name),
        content: String(content),
        ...(typeof priority === "number" ? { priority } : {}),
      }),
    );
  const drop = (outputs: Properties) =>
    refuse(() => sim().removeRecord(String(outputs.zoneId), String(outputs.recordId)));
  return {
    check: (_type, _olds, { label: _label, ...inputs }) => Promise.resolve({ inputs, failures: [] }),
    diff(_type, _id, olds, news) {
      const differs = (name: string) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]);
      const changes = ["zoneId", "type", "name", "content", "priority"].filter(differs);
      return Promise.resolve({
        changes: changes.length > 0,
        replaces: changes.filter((name) => ["zoneId", "type"].includes(name)),
        deleteBeforeReplace: false,
      });
    },
    async create(_type, { [IMPORT]: imported, ...inputs }) {
      await Promise.resolve();
      if (imported !== undefined)
        return { id: String(imported), outputs: { ...inputs, recordId: String(imported) } };
      const recordId = put(inputs);
      return { id: recordId, outputs: { ...inputs, recordId } };
    },
    read: (_type, id, outputs, inputs) => Promise.resolve({ id, outputs, inputs: inputs ?? {} }),
    async update(_type, _id, olds, news) {
      await Promise.resolve();
      drop(olds);
      return { outputs: { ...news, recordId: put(news) } };
    },
    async delete(_type, _id, outputs) {
      await Promise.resolve();
      const { zones } = sim().state();
      // One that is gone already is deleted.
      const there = zones.some(
        ({ id, records }) => id === outputs.zoneId && records.some((each) => each.id === outputs.recordId),
      );
      if (there) drop(outputs);
    },
  };
}

const PERMISSIONS = ["messages.read"];

/** A program to begin with, of about fifteen resources, with a domain of its own or without. */
export function firstProgram(random: Random, zoneId: string, withDomain: boolean): Spec[] {
  const allow = random.chance(0.7) ? { allowMailLoss: true } : {};
  const force = random.chance(0.6) ? { forceDestroy: true } : {};
  const spec = (type: string, name: string, inputs: Record<string, Value>): Spec => ({ type, name, inputs });
  const place = () => (random.chance(0.2) ? undefined : { ref: random.pick(["w0", "w1"]) });
  const program: Spec[] = [
    spec("Policy", "p0", { limits: { inboxRetentionDays: 300, spamRetentionDays: 20 }, ...allow }),
    spec("Policy", "p1", { limits: { inboxRetentionDays: random.pick([300, 200, 40]) }, ...allow }),
    spec("List", "l0", { type: "domain", items: ["unwanted.example"] }),
    spec("Rule", "r0", {
      conditions: [{ field: "from.domain", inList: [{ ref: "l0" }] }],
      actions: ["block"],
    }),
    spec("Rule", "r1", {
      conditions: [{ field: "from.domain", is: "partner.example" }],
      actions: ["markAsRead"],
    }),
    spec("Workspace", "w0", { policyId: { ref: "p0" }, ruleIds: [{ ref: "r0" }], ...allow, ...force }),
    spec("Workspace", "w1", { policyId: { ref: "p1" }, ...allow, ...force }),
    spec("AgentAccount", "a0", {
      email: "a0@acme.nylas.email",
      workspaceId: { ref: "w0" },
      ...allow,
      ...force,
    }),
    spec("AgentAccount", "a1", { email: "a1@acme.nylas.email", workspaceId: place(), ...allow, ...force }),
    spec("Principal", "t0", { boundTo: { workspace: { ref: "w0" } }, permissions: PERMISSIONS }),
    spec("Principal", "t1", {
      boundTo: { workspace: { ref: "w1" } },
      permissions: PERMISSIONS,
    }),
    spec("ApiKey", "k0", { principalId: { ref: "t0" }, expiresAt: "2030-01-01T00:00:00Z" }),
    spec("ApiKey", "k1", {
      principalId: { ref: "t1" },
      expiresAt: "2030-01-01T00:00:00Z",
      enabled: random.chance(0.7),
    }),
    spec("Webhook", "h0", {
      url: "https://hooks.example/a",
      triggers: ["message.bounced"],
      paused: random.chance(0.3),
    }),
  ];
  if (!withDomain) return program;
  const record = (slot: string): Spec =>
    spec(RECORD, `agents-${slot}`, {
      zoneId,
      type: ["mx", "feedback"].includes(slot) ? "MX" : "TXT",
      name: ["dkim", "feedback"].includes(slot) ? { slot, part: "name" } : DOMAIN,
      content: { slot, part: "value" },
      ...(["mx", "feedback"].includes(slot) ? { priority: { slot, part: "priority" } } : {}),
    });
  const slots = ["ownership", "spf", "mx", "dkim", "feedback"];
  return [
    ...program,
    spec("Domain", "domain", { domainName: DOMAIN, ...force }),
    spec("DomainRecords", "records", { domainName: DOMAIN, domainId: { ref: "domain" } }),
    ...slots.map(record),
    {
      ...spec("DomainVerification", "verified", {
        domainName: DOMAIN,
        domainId: { ref: "domain" },
        records: { records: true },
      }),
      dependsOn: slots.map((slot) => `agents-${slot}`),
    },
    {
      ...spec("AgentAccount", "d0", {
        email: `d0@${DOMAIN}`,
        workspaceId: { ref: "w1" },
        ...allow,
        ...force,
      }),
      dependsOn: ["verified"],
    },
  ];
}
