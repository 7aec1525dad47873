import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import {
  holdToLayout,
  type HostOverrides,
  type RecordSlots,
  type Slot,
  type SlotAnswers,
} from "../dns/layout";
import { TABLES } from "../properties";
import { type Kind, type Values } from "./check";

/** The application and the organization that everything is in. */
export const APPLICATION = uuid("application");
export const ORGANIZATION = uuid("organization");
export const REGION = "us";

/** 2030-01-01. */
const MADE_AT = 1_893_456_000;

/** An id in Nylas' form, the same in each run. */
export function uuid(...of: string[]): string {
  const hex = createHash("sha256").update(of.join("\0")).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

const BY_TYPE = new Map(Object.values(TABLES).map((table) => [table.type, table]));

/** The id that a resource gets. */
export function idOf(kind: Kind, name: string, inputs: Values): string {
  // The same object as another resource's.
  if (kind === "DomainRecords" || kind === "DomainVerification")
    return textOf(inputs.domainId) ?? textOf(inputs.domainName) ?? uuid(kind, name);
  if (typeof inputs.adopt === "string") return inputs.adopt;
  const { under } = BY_TYPE.get(kind)!;
  const own = uuid(kind, name);
  return under ? `${textOf(inputs[under.property]) ?? uuid(under.type, name)}/${own}` : own;
}

/** What outputs of these names hold, of whatever kind they are. */
const EVERYWHERE: Values = {
  applicationId: APPLICATION,
  organizationId: ORGANIZATION,
  region: REGION,
  createdAt: MADE_AT,
};

/** The outputs that are not inputs. */
export function answersOf(kind: Kind, id: string, inputs: Values, verified: boolean | undefined): Values {
  const ofTable = Object.entries(BY_TYPE.get(kind)!.outputs).map(([name, { isOwnId, mocked }]) => [
    name,
    isOwnId ? id.split("/")[1] : (mocked ?? EVERYWHERE[name]),
  ]);
  return {
    ...(Object.fromEntries(ofTable.filter(([, value]) => value !== undefined)) as Values),
    ...OWN[kind]?.(inputs, id, verified),
  };
}

/** What an answer has to be made up from. */
const OWN: Partial<Record<Kind, (inputs: Values, id: string, verified: boolean | undefined) => Values>> = {
  Domain: (inputs) => ({ trial: /\.nylas\.email$/i.test(textOf(inputs.domainName) ?? "") }),
  DomainRecords: (inputs) => ({
    organizationId: ORGANIZATION,
    region: REGION,
    records: recordsOf(inputs),
    expiresAt: MADE_AT + 2 * 86_400,
    stood: [],
  }),
  DomainVerification: (inputs, _id, verified) => ({
    ...(inputs.domainId === undefined ? {} : { organizationId: ORGANIZATION, region: REGION }),
    applicationId: APPLICATION,
    status: (verified ?? inputs.wait !== false) ? "verified" : "pending",
  }),
  AgentAccount: (inputs) => ({
    hasAppPassword: inputs.appPassword !== undefined,
    ...(inputs.workspaceId === undefined ? { currentWorkspaceId: uuid("default workspace") } : {}),
  }),
  List: (inputs) => ({ itemsCount: Array.isArray(inputs.items) ? inputs.items.length : 0 }),
  Webhook: (inputs, id) => ({
    status: inputs.paused === true ? "pause" : "active",
    secret: pulumi.secret(`secret-of-${id}`),
  }),
  ApiKey: (_inputs, id) => ({
    organizationId: ORGANIZATION,
    secret: pulumi.secret(`nyk_mock_${id}`),
  }),
  SmokeTest: () => ({ applicationId: APPLICATION, passedAt: new Date(MADE_AT * 1000).toISOString() }),
};

/** The five records, where the layout has them, in a form that DNS vendors take. The values are made up. */
function recordsOf(inputs: Values): RecordSlots | undefined {
  const domain = textOf(inputs.domainName);
  if (domain === undefined) return undefined;
  const mark = createHash("sha256").update(domain.toLowerCase()).digest("hex");
  const hosts = (inputs.hosts ?? {}) as HostOverrides;
  const at = (slot: Slot, host: string) => hosts[slot] ?? host;
  const answers: SlotAnswers = {
    ownership: {
      host: at("ownership", "@"),
      type: "TXT",
      value: `nylas-ownership-verify=${mark.slice(0, 32)}`,
    },
    spf: { host: at("spf", "@"), type: "TXT", value: "v=spf1 include:spf.nylas-mock.example ~all" },
    mx: { host: at("mx", "@"), type: "MX", value: "10 inbound.nylas-mock.example" },
    dkim: {
      host: at("dkim", `nylas-${mark.slice(0, 6)}._domainkey`),
      type: "TXT",
      value: `v=DKIM1; k=rsa; p=${mark}`,
    },
    feedback: {
      host: at("feedback", `bounces-${mark.slice(0, 6)}`),
      type: "MX",
      value: "10 feedback.nylas-mock.example",
    },
  };
  const known = (inputs.known ?? {}) as Partial<RecordSlots>;
  return { ...holdToLayout(domain, answers, hosts), ...known };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
