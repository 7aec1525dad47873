// Made by `npm run generate` from provider/properties/components/agentDomain.ts. Edit that file.
import type * as pulumi from "@pulumi/pulumi";
import { type DnsAdapter } from "../dns/adapters/adapter";
import { type HostOverrides, type Slot } from "../dns/layout";
import { type VerificationPurpose } from "../properties/domainVerification";

/** Arguments of `AgentDomain`. */
export interface AgentDomainArgs {
  /**
   * The domain that mailboxes live on, such as `agents.example.com`. Best a subdomain of its own, as its MX record moves
   * all mail of the name to Nylas. A plain string, so that a preview shows every address and record. Changing it
   * **replaces** the domain and its records; with accounts on it, it is refused in the preview (see `forceDestroy`).
   */
  domainName: string;
  /**
   * Where the DNS records are published: `cloudflareDns({ zoneId, zoneName })`, `route53Dns({ zoneId, zoneName })`,
   * `zoneFile()` where somebody else runs the DNS, or any other {@link DnsAdapter}.
   */
  dns: DnsAdapter;
  /** A label for people. Default: `project/stack/name`. Changed in place. API: `name` of the domain. */
  name?: pulumi.Input<string>;
  /**
   * Whether `up` waits until Nylas has verified the domain. Default: true where the records are published by the program,
   * false with `zoneFile`. The limit is `customTimeouts: { create: "30m" }` in the component's options.
   */
  wait?: pulumi.Input<boolean>;
  /** What has to be verified before the domain counts as verified. Default: ownership, spf, mx, dkim and feedback. */
  purposes?: pulumi.Input<pulumi.Input<VerificationPurpose>[]>;
  /**
   * The text of a DMARC record at `_dmarc`, such as `v=DMARC1; p=reject; rua=mailto:dmarc@example.com`. Default: none, so
   * that the policy of the parent domain holds. Changed in place; removing it removes the record. The preview refuses a
   * tag that DMARC does not have, a value that its tag does not take, and a repeated tag. It also refuses a text without
   * `p`.
   */
  dmarc?: string;
  /** Bits of the DKIM key: 2048 (the default) or 1024. A change asks Nylas for the records again. */
  dkimKeyLength?: pulumi.Input<1024 | 2048>;
  /**
   * Where a record stands when Nylas wants it elsewhere than the layout has it, relative to the domain: `{ ownership:
   * "_nylas" }`. The error of the first `up` says when it is needed. `dkim` and `feedback`, once known, make a preview of
   * a new domain show their names as well.
   */
  hosts?: HostOverrides;
  /**
   * Records that Nylas is not asked for, by slot. Give those of an adopted domain that is verified already: asking again
   * could rotate them. Give an SPF record that serves other senders too.
   */
  known?: GivenRecords;
  /**
   * All five records (ownership, spf, mx, dkim, feedback), copied from the Nylas Dashboard. Nothing is registered or asked
   * at Nylas then, and no organization key is needed. You register and verify the domain in the Dashboard. The
   * verification here only looks whether the records stand in DNS.
   */
  records?: GivenRecords;
  /** Allow a domain as it is registered (`example.com`), whose MX takes over the mail of the whole company. Default: false. */
  allowApex?: boolean;
  /**
   * Publish the records even when it cannot be seen whether mail for the domain goes elsewhere today. Default: false: `up`
   * refuses when DNS cannot be asked from where it runs. Read before the first record is made, and never again.
   */
  allowUncheckedDns?: pulumi.Input<boolean>;
  /**
   * Publish the MX although the name has an address and no MX, so that mail for it goes to that address today. Default:
   * false: `up` refuses. Read before the first record is made, and never again.
   */
  allowImplicitMx?: pulumi.Input<boolean>;
  /**
   * Delete the domain, and its records before it, even while it is verified or accounts live on it. Default: false. Counts
   * once a `pulumi up` has recorded it. Without it a verified domain is never deleted: accounts of other applications of
   * the organization cannot be seen.
   */
  forceDestroy?: pulumi.Input<boolean>;
  /** Take over a domain that is registered already: true, or its id. Nothing is written at Nylas by that. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:organizationKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/** A record as it is read off a page. */
export interface GivenRecord {
  /**
   * As Nylas writes it: `@` for the domain itself, a name relative to it, or a full name. Default: where the layout has
   * it.
   */
  host?: string;
  /** TXT: the text, quoted or not. MX: the target, with or without the priority before it. */
  value: string;
}

/** Records as they are read off a page: `{ mx: { host: "@", value: "10 inbound.example.net" } }`. */
export type GivenRecords = { readonly [S in Slot]?: GivenRecord };
