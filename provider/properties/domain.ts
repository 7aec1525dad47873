import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { flag } from "../core/types";
import { DOMAIN_PERMISSIONS } from "./shared";
import { domainName, name } from "./types";

export const domainProperties = table({
  domainName: {
    type: domainName,
    example: '"agents.example.com"',
    text: "The domain that mailboxes live on, such as `agents.example.com`. Compared without case and final dot.",
    required: true,
    whenChanged: {
      replaces:
        "the domain: the old one is deleted with everything that receives mail on it. So the preview refuses it unless `forceDestroy` is recorded.",
    },
    api: "`domain_address` of [POST /v3/domains](https://developer.nylas.com/docs/reference/api/manage-domains/)",
    output: true,
    isReviewed: true,
  },
  name: {
    type: name,
    example: '"Agents of Example"',
    text: "A label for people, 1 to 256 characters.",
    isNamedByDefault: true,
    whenChanged: { inPlace: true },
    api: "`name`",
    output: true,
    isReviewed: true,
  },
  forceDestroy: {
    type: flag,
    example: "true",
    text: "Delete the domain even while it is verified or accounts live on it. Default: false. It has to be recorded by a `pulumi up` of its own before it counts. A verified domain is never deleted without it (or the same word in `nylas:forceDestroy`), because accounts of other applications of the organization cannot be seen.",
    isReviewed: true,
  },
});

export type DomainProperties = InputsOf<typeof domainProperties>;

export const domainKind = kindTable({
  type: "Domain",
  className: "NylasDomain",
  text: `A domain registered with Nylas, in the organization and region of the key. Needs the organization key (\`nylas:organizationKey\`), or where domains are still managed by a service account, that (\`nylas:serviceAccount\`). What has to stand in DNS for it is asked for by {@link NylasDomainRecords}, and whether it does by {@link NylasDomainVerification}; \`AgentDomain\` makes all of them.

Deleting it fails while it is verified or accounts live on it, unless \`forceDestroy\` is recorded.`,
  api: { title: "Manage domains", address: "https://developer.nylas.com/docs/reference/api/manage-domains/" },
  properties: domainProperties,
  outputs: {
    organizationId: { type: { text: "string" }, text: "The organization that owns it." },
    region: { type: { text: "string" }, text: "`us` or `eu`." },
    trial: {
      type: { text: "boolean" },
      text: "Whether it is a trial domain (`*.nylas.email`), which needs no DNS.",
    },
    applicationId: {
      type: { text: "string" },
      text: "The application whose accounts are looked for before the domain is deleted; undefined where there was no application key.",
      mayBeMissing: true,
    },
  },
  get: { what: "A domain", by: "its id or its address" },
  adopt: {
    text: "Take over a domain that is registered already: true, or its id. Nothing is written at the take-over.",
  },
  key: "organizationKey",
  review: { section: "dns", noun: "domain" },
  needs: {
    permissions: DOMAIN_PERMISSIONS,
    signed: true,
    also: "the application key for a delete: accounts on the domain are looked for (not with `forceDestroy`)",
  },
  program: {
    mayBeRefused: true,
    isProtectable: true,
    options: { name: "watchedOptions", from: "classes/retained" },
  },
});
