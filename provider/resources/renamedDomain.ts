import { formerNameOf } from "../core/aliasAdvice";
import { type Claim } from "../core/runLedger";

/**
 * The name under which this very stack registered a domain, where that is not the name at hand: `project/stack/agents` for a resource
 * that is `project/stack/mail`. Undefined for a name that somebody gave, and for one of another stack.
 */
export function otherNameOf(label: string | undefined, registeredAs: string): string | undefined {
  return label === registeredAs ? undefined : formerNameOf(label, registeredAs);
}

/**
 * The aliases that lead from a resource to its entry under another name: one choice for each way that it can have
 * come.
 */
export function aliasAdvice(oldName: string): string {
  const old = JSON.stringify(oldName);
  return (
    `  - renamed: { aliases: [{ name: ${old} }] } in the options of the AgentDomain (of each resource where there is none);\n` +
    `  - moved into a component: { aliases: [{ name: ${old}, parent: pulumi.rootStackResource }] };\n` +
    `  - moved out of a component: { aliases: [{ name: ${old}, parent: "URN of the component" }] } (pulumi stack --show-urns);\n` +
    `  - moved into a Tenant: domainAliases: [{ name: ${old}, parent: pulumi.rootStackResource }] in the Tenant's arguments.`
  );
}

/** Why a domain is not taken over that this stack has registered under another name, with or without `adopt`. */
export function registeredUnderOtherName(domain: string, oldName: string): string {
  return (
    `${domain} was registered by this stack as ${JSON.stringify(oldName)}, so most likely its entry is in the state under that name. ` +
    `Nothing was changed. A take-over would end in the loss of its DNS records: they would be deleted under their old names. ` +
    `Tell the engine where the entry is now; that changes nothing at Nylas or in DNS:\n${aliasAdvice(oldName)}\n` +
    `If the state has no such entry, declare the domain as ${JSON.stringify(oldName)} with adopt: true, run pulumi up, and rename it after that.`
  );
}

/** Why the verification of a domain stays that another resource of this run declares as well: the records of the old name would go next. */
export function stillDeclared(domainName: string, claim: Claim): string {
  return (
    `The verification of ${domainName} is kept, and the DNS records of its former name with it: ${claim.label} declares the domain in this run as well, so it was ` +
    `renamed or moved in the program without an alias. The engine would delete the published records next.\n` +
    (claim.how === "new"
      ? `Give the resource an alias, or put its old name back, before anything else:\n${aliasAdvice("its-old-name")}\n`
      : "") +
    `Where the state has entries under both names by now (pulumi stack --show-urns), no alias helps. Let go of those under the old name, all together; that changes ` +
    `nothing at Nylas or in DNS: pulumi state delete --target-dependents 'URN', with the URN of the first one that has the old name in this order: ` +
    `NylasDomain, NylasDomainRecords, DNS records, NylasDomainVerification. Then run pulumi up.`
  );
}
