import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { choice, flag, list, text } from "../core/types";
import { requiredSlots } from "../dns/layout";
import { PLACE_EXAMPLE, RECORDS_EXAMPLE, recordsType } from "./domainRecords";
import { DOMAIN_PERMISSIONS, timeoutSeconds } from "./shared";
import { domainName, id, line, place, typed } from "./types";

/** What a domain is checked for. */
export type VerificationPurpose = (typeof requiredSlots)[number];

export const domainVerificationProperties = table({
  domainId: {
    type: id("domain"),
    example: "domain.id",
    text: "The id of the domain. Left out: only DNS is looked at (there is no organization key to ask Nylas with).",
    whenChanged: { replaces: true },
    output: true,
    isReviewed: true,
  },
  domainName: {
    type: domainName,
    example: '"agents.example.com"',
    text: "The domain; its output of the same name carries the dependency on the verification.",
    required: true,
    whenChanged: { replaces: true },
    output: "The input again, known in a preview, with the dependency on the verification.",
    isReviewed: true,
  },
  records: {
    type: recordsType({ text: "Partial<RecordSlots>", imports: { RecordSlots: "dns/layout" } }),
    example: RECORDS_EXAMPLE,
    text: "The records that have to stand, by slot: `NylasDomainRecords.records`. A change verifies again.",
    required: true,
    isReviewed: true,
  },
  purposes: {
    type: typed<VerificationPurpose[]>(
      list(
        choice(requiredSlots, requiredSlots.join(", "), "VerificationPurpose"),
        `a list of ${requiredSlots.join(", ")}`,
        { least: 1 },
      ),
      {
        text: "pulumi.Input<VerificationPurpose>[]",
        imports: { VerificationPurpose: "properties/domainVerification" },
      },
    ),
    example: '["ownership", "mx"]',
    text: "What has to be verified. Default: all five (ownership, spf, mx, dkim, feedback).",
    whenChanged: { inPlace: true },
    isReviewed: true,
  },
  wait: {
    type: flag,
    example: "false",
    text: 'Wait until it is verified. Default: true. False records "pending" and lets the program go on; every `up` looks again. How long it waits: `customTimeouts: { create: "30m" }`, which is the default.',
    isDirective: true,
    isReviewed: true,
  },
  publishedBy: {
    type: line("a vendor's name, 1 to 100 characters", 100),
    example: '"cloudflare"',
    text: "Who serves the zone, in a word (`cloudflare`), so that name servers of somebody else are noticed. `AgentDomain` sets it.",
    isDirective: true,
    isReviewed: true,
  },
  publishedAt: {
    type: place,
    example: PLACE_EXAMPLE,
    text: "Where the records are published: `cloudflare:<zone id>`. `AgentDomain` sets it.",
    whenChanged: {
      inPlace:
        ", for a verified domain only when other name servers than before have the delegation and serve every record. Until then the change is an error, and the old records stay.",
    },
    isReviewed: true,
  },
  answeredNames: {
    type: list(text("a name", { checks: (z) => [z.maxLength(1000)] }), "the full names of records"),
    example: '["agents.example.com"]',
    text: "The full names that the DNS vendor answers with. `AgentDomain` sets it. A name that none of the records has means that the records are in the wrong zone: it is an error before the wait. Never compared.",
    isDirective: true,
    isReviewed: true,
  },
  publishedIds: {
    type: list(text("an id"), "a list of ids"),
    example: '["372e67954025e0ba6aaa6d586b9e0b59"]',
    text: "The ids of the vendor's records. `AgentDomain` sets it, so that the records stay what this depends on, even where a transformation takes `dependsOn` away. Never looked at, never compared.",
    isDirective: true,
    isReviewed: true,
  },
  publishedAs: {
    type: list(text("a digest"), "a list of digests of names"),
    example: '["9f86d0"]',
    text: "Digests of the names that the vendor's records have as resources, and of their aliases. `AgentDomain` sets it. Where records cannot be made under new names, the old ones are not deleted. Never compared.",
    isDirective: true,
    isReviewed: true,
  },
  guardOnly: {
    type: flag,
    example: "true",
    text: "Only guard the records at `publishedAt`: nothing is verified or waited for. Default: false. `AgentDomain` declares such a resource once records have moved, because records at two places need two guards. Its delete is refused while the domain may be served from that place.",
    isReviewed: true,
  },
  stoodBefore: {
    type: flag,
    example: "true",
    text: "The MX was served before the program made any record, and was not adopted: whoever served it is of another place. Default: false. `AgentDomain` sets it. Read at create. Never compared.",
    isDirective: true,
    isReviewed: true,
  },
  forceDestroy: {
    type: flag,
    example: "true",
    text: "Let the domain's records go even while it is verified or accounts live on it: what `forceDestroy` says on the domain. It holds for a delete and for a move of the records to another place. Default: false. `AgentDomain` sets it. Recorded, never sent; it has to be recorded by a `pulumi up` of its own before it counts.",
    isReviewed: true,
  },
  timeoutSeconds: timeoutSeconds("1800"),
});

export type DomainVerificationProperties = InputsOf<typeof domainVerificationProperties>;

export const domainVerificationKind = kindTable({
  type: "DomainVerification",
  className: "NylasDomainVerification",
  listedAfter: "DomainRecords",
  text: `Waits until Nylas has verified a domain, as a resource of its own. Whatever needs the domain to work (an account) takes its \`domainName\` from here. When it ends before, it names each record that is missing: what Nylas expects, what is published, what Nylas says, and what to do. The next \`up\` goes on.

It also guards the published records against a delete, because the engine deletes it before what it depends on. So declare it with \`dependsOn\` the records. Its delete writes nothing. It is refused while the domain is verified, accounts live on it, or another resource of the same run declares the domain. Then the engine deletes neither the records nor the domain.`,
  api: {
    title: "POST /v3/domains/{id}/verify",
    address: "https://developer.nylas.com/docs/reference/api/manage-domains/",
  },
  properties: domainVerificationProperties,
  outputs: {
    status: {
      type: { text: '"verified" | "pending" | "lost"' },
      shape: choice(["verified", "pending", "lost"], "a status", "DomainStatus").shape,
      text: "`verified`; `pending` until then; `lost` when it was verified once and is no more.",
    },
    problems: {
      type: { text: "string[]" },
      text: "What is missing, a line each; undefined when verified.",
      mayBeMissing: true,
    },
  },
  notImported:
    "it is no object at Nylas but a look at a domain. npx pulumi-nylas import --with-dns brings in a domain with its records and its verification.",
  key: "organizationKey",
  review: {
    section: "dns",
    noun: "verification of",
    counted: ["domain's verification", "domains' verifications"],
  },
  needs: {
    permissions: DOMAIN_PERMISSIONS,
    signed: true,
    also: "the application key for a delete: accounts on the domain are looked for (not with `forceDestroy`). No other key without `domainId`: then only DNS is looked at",
  },
  program: {
    isProtectable: true,
    isGuard: true,
    timeout: "timeoutSeconds",
    tellsFailed: true,
    tellsUp: true,
    options: { name: "validatedOptions", from: "classes/retained" },
  },
});
