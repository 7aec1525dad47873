import * as pulumi from "@pulumi/pulumi";
import { urnOfChild } from "../dns/adapters/heldRecords";
import { produced } from "../hosts/dynamic/produced";
import { nativeToken } from "../hosts/dynamic/tokens";
import { type AgentDomain, mailboxOn, referredDomains } from "./agentDomain";

/** The parts of a domain that a tenant reads, of a domain that another process has made. */
class ReferredDomain extends pulumi.ComponentResource {
  readonly domainName!: pulumi.Output<string>;
  readonly domainId!: pulumi.Output<string | undefined>;
  readonly status!: pulumi.Output<string>;
  readonly dnsInstructions!: pulumi.Output<unknown>;

  constructor(urn: string) {
    const [, , types = "", ...name] = urn.split("::");
    const outputs = {
      domainName: undefined,
      domainId: undefined,
      status: undefined,
      dnsInstructions: undefined,
    };
    super(types.split("$").at(-1)!, name.join("::"), outputs, { urn }, true);
    // The engine knows the component alone. What is on the domain has to go before the guard of its records does.
    const guard = new pulumi.DependencyResource(
      urnOfChild(urn, nativeToken("DomainVerification"), name.join("::")),
    );
    this.domainName = pulumi.all([produced(this.domainName), guard.urn]).apply(([domainName]) => domainName);
    referredDomains.add(this);
  }

  mailbox(alias: pulumi.Input<string>): pulumi.Output<string> {
    return mailboxOn(this.domainName, alias);
  }
}

/** A domain by its URN. */
export function referredDomain(urn: string): AgentDomain {
  return new ReferredDomain(urn) as unknown as AgentDomain;
}
