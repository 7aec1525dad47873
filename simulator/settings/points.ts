import { type Settings } from "./settings.js";

/** A point in which sources about the API disagree or are silent, under its number in docs/nylas-api.md. */
export type Point = `R${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15}`;

export interface Reading {
  point: Point;
  /** What holds under it. */
  what: string;
  /** The settings that make it so, each beside its default. */
  settings: Partial<Settings>;
}

/** Every reading that differs from the default, by its name. */
export const READINGS = {
  ignoredName: { point: "R1", what: "a name is ignored with 200", settings: { ignoredFields: ["name"] } },
  ignoredLimits: {
    point: "R1",
    what: "limits are ignored with 200",
    settings: { ignoredFields: ["limits"] },
  },
  movesIgnored: {
    point: "R2",
    what: "PATCH of a grant ignores its workspace",
    settings: { grantMoves: "ignored" },
  },
  movesRefused: {
    point: "R2",
    what: "PATCH of a grant refuses its workspace",
    settings: { grantMoves: "refused" },
  },
  groupsReplaced: {
    point: "R3",
    what: "a policy's groups are replaced as a whole",
    settings: { policyGroups: "replace" },
  },
  newerObjects: {
    point: "R4",
    what: "lists show objects, and objects members, that are newer than this release",
    settings: { newerObjects: true },
  },
  compressionShown: {
    point: "R5",
    what: "one webhook shows how it is compressed",
    settings: { webhookCompression: "shown" },
  },
  strictConnectors: {
    point: "R6",
    what: "connectors need a name and have a highest limit",
    settings: { connectorRules: "strict" },
  },
  textMoments: { point: "R7", what: "moments are texts", settings: { timestamps: "text" } },
  domainById: {
    point: "R8",
    what: "a domain is found by its id alone, 404",
    settings: { domainByAddress: false },
  },
  domainByIdOr400: {
    point: "R8",
    what: "a domain is found by its id alone, 400",
    settings: { domainByAddress: false, domainAddressStatus: 400 },
  },
  attemptList: {
    point: "R9",
    what: "a check answers with a list and a status of its own",
    settings: { attemptShape: "list" },
  },
  twoDkimKeys: { point: "R9", what: "a check asks for two records", settings: { attemptShape: "many" } },
  dkimByCname: { point: "R9", what: "DKIM is a CNAME", settings: { dkimRecords: "CNAME" } },
  lateGrants: {
    point: "R10",
    what: "new grants show in no list for a while",
    settings: { newGrantListLagMs: 70_000 },
  },
  lateReads: { point: "R11", what: "reads lag behind writes", settings: { readLagMs: 15 } },
  lateDeletes: {
    point: "R11",
    what: "a deleted grant can be read for a while",
    settings: { grantDeleteLagMs: 15 },
  },
  opaqueIds: {
    point: "R12",
    what: "IAM ids are opaque and may begin with _ or -",
    settings: { iamIds: "opaque" },
  },
  keysWithoutEnd: {
    point: "R12",
    what: "keys may be without expiry",
    settings: { credentialExpiry: "optional" },
  },
  secretAsKey: {
    point: "R12",
    what: "a key's secret stands under api_key",
    settings: { credentialSecretField: "api_key" },
  },
  secretAsToken: {
    point: "R12",
    what: "a key's secret stands under token",
    settings: { credentialSecretField: "token" },
  },
  openPermissions: {
    point: "R12",
    what: "permissions are any printable text with a dot",
    settings: { permissionNames: "open" },
  },
  webhookGoneByNumber: {
    point: "R13",
    what: "a webhook that is gone is told by a number",
    settings: { webhookGone: "number" },
  },
  webhookGoneByWords: {
    point: "R13",
    what: "a webhook that is gone is told by a number and words that say nothing",
    settings: { webhookGone: "words" },
  },
  applicationsClosed: {
    point: "R14",
    what: "the key may not read applications",
    settings: { applicationReads: "forbidden" },
  },
  connectorsClosed: {
    point: "R14",
    what: "the key may not read connectors",
    settings: { connectorReads: "forbidden" },
  },
  otherFigures: { point: "R15", what: "the plan has other figures", settings: { plan: "later" } },
  freePlan: { point: "R15", what: "the plan is the free one", settings: { plan: "free" } },
  retentionKeeps: { point: "R15", what: "retention deletes no mail", settings: { retention: "keeps" } },
  deletesBlocked: {
    point: "R15",
    what: "the delete of an object that others name is refused",
    settings: { deletesBlocked: true },
  },
} as const satisfies Record<string, Reading>;

export type ReadingName = keyof typeof READINGS;
