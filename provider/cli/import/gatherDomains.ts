/** Domains, with the records that stand in DNS where these make an AgentDomain of them. */
import { type Domain } from "../../nylas/api";
import { domainProperties } from "../../properties/domain";
import { domain as domainDefinition, type HeldDomain } from "../../resources/domain";
import { domainRecords } from "../../resources/domainRecords";
import { domainVerification } from "../../resources/domainVerification";
import { type Session } from "../../resources/session";
import { type Progress } from "../progress";
import { readDns, type WholeDomain, type Zones } from "./dns";
import { type Fleet } from "./fleet";
import { type Bag } from "./recorder";
import { type Selection } from "./selection";
import { declared, type ImportedResource, present, type Step } from "./step";

export async function domains(
  step: Step,
  { api, settings }: Session,
  fleet: Fleet,
  selection: Selection,
  zones: Zones | undefined,
  progress: Progress,
): Promise<void> {
  if (!selection.kind("domains")) return;
  if (!fleet.domains) {
    step.leave(
      "every domain",
      `domains cannot be read without the organization key (NYLAS_ORGANIZATION_KEY), which was not given`,
    );
    return;
  }
  let done = 0;
  for (const domain of fleet.domains) {
    progress.now(`looking at ${domain.address} (${++done} of ${fleet.domains.length} domains)`);
    const what = domainDefinition.describe(domain);
    if (domain.branded) {
      if (selection.applicationWide || selection.domain(domain))
        step.leave(what, "it is a trial domain, which comes from the Dashboard and needs no resource");
      continue;
    }
    if (!selection.domain(domain)) {
      if (selection.applicationWide)
        step.leave(
          what,
          `no account and no workspace of this application uses it, and domains are the organization's: it may be another application's. --domain ${domain.address} brings it in`,
        );
      continue;
    }
    const held: HeldDomain = {
      ...domain,
      ...(settings.apiKey && fleet.application.organizationId === domain.organizationId
        ? { applicationId: fleet.application.id }
        : {}),
    };
    const args = declared(domainDefinition, domainProperties, held);
    const imported = await step.bring(domainDefinition, held, args, domain.address);
    if (!imported) continue;
    const dns = zones && (await readDns(api, zones, domain));
    if (!dns) {
      step.gathered.domains.push({ ...imported, domain });
      continue;
    }
    const whole = "zone" in dns ? dns.whole : undefined;
    const parts = whole && (await agentDomain(step, domain, whole, zones.vendor.name));
    const why = !("zone" in dns) ? dns.why : typeof parts === "string" ? parts : dns.why;
    if (why !== undefined) {
      const plain = "zone" in dns && dns.plain.length > 0;
      step.gathered.hints.push(
        `${domain.address} is brought in as a NylasDomain ${plain ? "with its records one by one" : "without DNS records"}, not as an AgentDomain: ${why}.`,
      );
      imported.comments.push(`Not an AgentDomain: ${why}.`);
    }
    step.gathered.domains.push({
      ...imported,
      domain,
      ...("zone" in dns ? { dns } : {}),
      ...(typeof parts === "object" ? parts : {}),
    });
  }
}

/** The two resources of ours that an AgentDomain has beside the domain, or why they cannot be. */
async function agentDomain(
  step: Step,
  domain: Domain,
  { adapted, slots, args }: WholeDomain,
  vendor: string,
): Promise<{ records: ImportedResource; verification: ImportedResource } | string> {
  const { dmarc: _, ...asked } = slots;
  const place = { domainId: domain.id, domainName: domain.address };
  const known = args.known && { spf: { ...slots.spf, value: args.known.spf.value } };
  const { dkimKeyLength, allowApex } = args;
  const record = async (
    definition: typeof domainRecords | typeof domainVerification,
    remote: object,
    inputs: Bag,
  ): Promise<ImportedResource | string> => {
    const recorded = await step.try(definition, remote, inputs);
    if ("problem" in recorded) return recorded.problem;
    return {
      type: definition.type,
      id: domain.id,
      title: domain.address,
      args: inputs,
      ...recorded,
      comments: [],
    };
  };
  const records = await record(
    domainRecords,
    { domain, records: asked },
    present({ ...place, dkimKeyLength, known, allowApex }),
  );
  if (typeof records === "string") return records;
  const verification = await record(
    domainVerification,
    { domainName: domain.address, domain, status: "verified", problems: [] },
    {
      ...place,
      records: slots,
      wait: true,
      publishedBy: vendor,
      publishedAt: `${vendor}:${String(adapted.args["zoneId"])}`,
    },
  );
  return typeof verification === "string" ? verification : { records, verification };
}
