import { type Simulator } from "nylas-simulator";
import { type Surroundings } from "./program";

/** The ids of the zones, and of what stands in them for each domain that is registered. */
export function surroundings(sim: Simulator, folder: string): Surroundings {
  const { zones, domains } = sim.state();
  const cloudflare = Object.fromEntries(sim.zones.map(({ id, name }) => [name, id]));
  const route53 = Object.fromEntries(sim.hostedZones.map(({ id, name }) => [name, id]));
  const standing: Surroundings["standing"] = {};
  for (const { domain_address: domain } of domains) {
    const records = zones
      .flatMap((zone) => zone.records)
      .filter(({ name }) => name === domain || name.endsWith(`.${domain}`));
    const hosts: Record<string, string> = {};
    const ids: Record<string, string> = {};
    let ownership: string | undefined;
    for (const { id, name, type, content } of records) {
      const slot = slotOf(name, type, content, domain);
      if (slot === undefined) continue;
      hosts[slot] = name === domain ? "" : name.slice(0, -(domain.length + 1));
      ids[slot] = id;
      if (slot === "ownership") ownership = content.replace(/^"|"$/g, "");
    }
    if (hosts.dkim === undefined || hosts.feedback === undefined) continue;
    standing[domain] = { hosts, records: ids, ...(ownership === undefined ? {} : { ownership }) };
  }
  return { zoneIds: { cloudflare, route53 }, standing, folder };
}

function slotOf(name: string, type: string, content: string, domain: string): string | undefined {
  if (type === "MX") return name === domain ? "mx" : "feedback";
  if (type !== "TXT") return undefined;
  if (name.includes("._domainkey.")) return "dkim";
  if (/v=spf1/.test(content)) return name === domain ? "spf" : undefined;
  return name === domain || name.startsWith("_nylas") ? "ownership" : undefined;
}
