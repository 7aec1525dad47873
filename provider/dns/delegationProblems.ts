import type { Delegation } from "./outcomes";

/** What is known of a domain beside its records. */
interface Surroundings {
  domain: string;
  delegation?: Delegation | undefined;
  publishedBy?: string | undefined;
  /** Whether the DNS was asked for every record and has none of them. */
  noneStands: boolean;
}

export function generalProblems(input: Surroundings): string[] {
  const { delegation } = input;
  const found = delegationProblems(input);
  if (!delegation || !("seenBy" in delegation) || !delegation.seenBy) return found;
  // Others may see another side of a split horizon, so it is said whose word it is.
  const seenBy = delegation.seenBy.join(", ");
  return found.map((problem) => `${problem} (as ${seenBy}, of nylas:dnsServers, sees it)`);
}

function delegationProblems(input: Surroundings): string[] {
  const { domain, delegation, publishedBy, noneStands } = input;
  switch (delegation?.kind) {
    case "not-delegated":
      return [
        `${delegation.domain} is not in the DNS: register it, or name its name servers at the registrar ` +
          `(no record below it can be seen by anybody until then)`,
      ];
    case "broken":
      if (delegation.seenBy) {
        const servers = delegation.nameServers.length > 0 ? ` (${delegation.nameServers.join(", ")})` : "";
        return [
          `the name servers that ${delegation.zone} is delegated to${servers} give no answer for it: at the registrar (or in the zone ` +
            `above), name the servers of ${vendorName(publishedBy)}; where they are named, remove a DS record of other keys`,
        ];
      }
      if (delegation.serversAnswer) {
        return [
          `${delegation.zone} fails DNSSEC: its name servers (${delegation.nameServers.join(", ")}) answer, but the DS record at the ` +
            `registrar is of other keys. Remove the DS record at the registrar, or put the one of the present DNS vendor there`,
        ];
      }
      return [
        `${delegation.zone} is delegated to ${delegation.nameServers.join(", ") || "name servers"} that do not serve it: ` +
          `at the registrar, name the servers of ${vendorName(publishedBy)}`,
      ];
    case "delegated": {
      const found: string[] = [];
      if (publishedBy === "zone-file" && noneStands) {
        found.push(
          `none of the records of ${domain} is published yet: hand them to whoever runs the zone ${delegation.zone} ` +
            `(at ${delegation.nameServers.join(", ")}). They are the output dnsInstructions of AgentDomain, and the files of zoneFile`,
        );
      } else if (noneStands && !servedBy(delegation.nameServers, publishedBy)) {
        const where =
          publishedBy === undefined
            ? "If your zone is at another DNS vendor"
            : `Your records are at ${vendorName(publishedBy)}`;
        found.push(
          `${domain} is served by ${delegation.nameServers.join(", ")}, and none of the records is there. ${where}: ` +
            `at the registrar (or in the parent zone), delegate ${delegation.zone} to the name servers of your zone`,
        );
      }
      if (delegation.lame.length > 0) {
        found.push(
          `${delegation.lame.join(", ")} ${delegation.lame.length === 1 ? "is" : "are"} named for ${delegation.zone} and ` +
            `${delegation.lame.length === 1 ? "does" : "do"} not serve it: take ${delegation.lame.length === 1 ? "it" : "them"} out at the registrar`,
        );
      }
      return found;
    }
    case "unreachable":
      return [
        `DNS is not reachable from here (${delegation.reason}): nothing can be said about what is published. ` +
          `Behind a closed port 53, name a server that is reachable in nylas:dnsServers`,
      ];
    case "referred":
      return [
        `${delegation.servers.join(", ")} (of nylas:dnsServers) does not answer for ${delegation.zone} and refers to ` +
          `${delegation.nameServers.join(", ")}: if those are not the servers of ${vendorName(publishedBy)}, correct the NS records in ` +
          `the zone above; if they are, name a server in nylas:dnsServers that serves ${delegation.zone} or resolves names`,
      ];
    case "configured":
    case undefined:
      return [];
  }
}

const vendors: Record<string, { name: string; servers: RegExp }> = {
  cloudflare: { name: "Cloudflare", servers: /\.(ns\.cloudflare|foundationdns)\.(com|net|org)$/ },
  route53: { name: "Route 53", servers: /(^|\.)awsdns-\d+\.(com|net|org|co\.uk)$/ },
};

/** By the names of the servers; a zone may have servers under names of its own, so it is never more than a hint. */
function servedBy(nameServers: readonly string[], publishedBy: string | undefined): boolean {
  const vendor = vendors[publishedBy ?? ""];
  return vendor !== undefined && nameServers.some((server) => vendor.servers.test(server));
}

function vendorName(kind: string | undefined): string {
  return vendors[kind ?? ""]?.name ?? "the vendor that holds your zone";
}
