/** Domains, what Nylas is asked for them, and the records in the DNS. */
import { changed, domainOf, type Resource } from "./fleet";
import { asText, nameIn } from "./json";
import { recordFindings } from "./recordChanges";
import { type Finding, type Review } from "./review";
import { notShown } from "./standing";
import { counted, say } from "./text";

export function dnsFindings(review: Review): Finding[] {
  return [...domains(review), ...recordFindings(review)];
}

function domains(review: Review): Finding[] {
  const { before, after } = review;
  const findings: Finding[] = [];
  const accountsOn = (name: unknown, fleet = before) => {
    const domain = nameIn(name);
    if (domain === undefined) return [];
    return fleet.of("AgentAccount").filter((account) => domainOf(fleet.email(account)) === domain);
  };
  for (const domain of review.changing("Domain", "delete", "leftover", "replace")) {
    review.told(domain);
    const accounts = accountsOn(before.inputs(domain)["domainName"]);
    const address = review.redactor.host(asText(before.inputs(domain)["domainName"]) ?? domain.name);
    const where = review.scope.stacks.length > 0 ? say`in these stacks` : say`in this stack`;
    const ends = say` It ends the mail of every account on it${
      accounts.length > 0
        ? say` (${counted(accounts.length, say`account`)} ${where}: ${review.names(accounts, 10)})`
        : say``
    }.`;
    const guard = domain.before?.protect
      ? say` It is protected: the engine refuses it until \`protect\` is taken off.`
      : review.isForced(domain)
        ? say` \`forceDestroy\` is recorded: it goes even with accounts on it.`
        : say` \`up\` refuses it as long as accounts live on it.`;
    findings.push({
      section: "loss",
      gates: [
        "mail-loss",
        ...(domain.change === "replace" ? (["replace"] as const) : []),
        "delete",
        "change",
      ],
      text:
        domain.change === "replace"
          ? say`The domain ${address} becomes ${review.name(domain)}: the old one is deleted, and a new one is registered.${ends}${guard}`
          : say`The domain ${address} is deleted.${ends}${guard}`,
    });
  }
  for (const domain of review.changing("Domain", "forget")) {
    review.told(domain);
    findings.push({
      section: "dns",
      gates: ["change"],
      text: say`The domain ${review.name(domain)} is let go, and left as it is at Nylas.`,
    });
  }
  for (const domain of review.changing("Domain", "create", "adopt")) {
    review.told(domain);
    const accounts = accountsOn(after.inputs(domain)["domainName"], after);
    const on = accounts.length > 0 ? say`, with ${counted(accounts.length, say`account`)}` : say``;
    findings.push({
      section: "dns",
      gates: ["change"],
      text:
        domain.change === "adopt"
          ? say`The domain ${review.name(domain)} is taken over as it is${on}.`
          : say`The domain ${review.name(domain)} is registered with Nylas${on}.`,
    });
  }
  // Nylas is asked for records by the one and verifies them for the other: what is published is told record by record.
  for (const asked of review.changing("DomainRecords", "create", "adopt")) review.told(asked);
  findings.push(...guardsGone(review));
  for (const asked of review.changing("DomainRecords", "update", "replace")) {
    review.told(asked);
    const other = changed(asked, "domainId") ?? changed(asked, "domainName");
    findings.push({
      section: other ? "loss" : "dns",
      gates: [...(other ? (["mail-loss"] as const) : []), "change"],
      text: other
        ? say`Nylas is asked for the records of another domain than until now for ${review.name(asked)}; which one, and what it answers, is known at the \`up\`.`
        : say`Nylas is asked again which records it wants for ${review.name(asked)}; what it answers may change them.`,
    });
  }
  for (const waits of review.changing("DomainVerification", "create", "adopt", "update", "replace")) {
    review.told(waits);
    const goes =
      waits.after?.inputs["wait"] === false ? say`is looked at, without waiting for it` : say`is waited for`;
    const again = waits.change === "create" || waits.change === "adopt" ? say`` : say` runs again, and`;
    if (isOfAnotherDomain(waits)) {
      findings.push({
        section: "loss",
        gates: ["mail-loss", "change"],
        text: say`The verification of ${review.name(waits)} was one of another domain until now: nothing guards the DNS records of that one from then on.`,
      });
      continue;
    }
    findings.push({
      section: "dns",
      gates: ["change"],
      text: say`The verification of ${review.name(waits)}${again} ${goes}.`,
    });
  }
  return findings;
}

/** An id alone may come to a verification that had none. */
function isOfAnotherDomain(verification: Resource): boolean {
  if (!verification.before || !verification.after) return false;
  const id = changed(verification, "domainId");
  const name = changed(verification, "domainName");
  const isSameName = nameIn(name?.from) === nameIn(name?.to) && !notShown(name?.to);
  return (id?.from !== undefined && id.to !== undefined) || (name !== undefined && !isSameName);
}

/** The published records are guarded by these two: what goes without its domain leaves them unguarded. */
function guardsGone(review: Review): Finding[] {
  const { before, redactor } = review;
  const ending = ["delete", "forget", "leftover"] as const;
  const domains = review.changing("Domain", ...ending);
  return (["DomainVerification", "DomainRecords"] as const).flatMap((kind) =>
    review.changing(kind, ...ending).flatMap((each): Finding[] => {
      review.told(each);
      const name = asText(before.inputs(each)["domainName"]);
      // Told as a whole, with the domain.
      if (domains.some((domain) => asText(before.inputs(domain)["domainName"]) === name)) return [];
      const whose = name === undefined || notShown(name) ? review.programName(each) : redactor.host(name);
      const what = kind === "DomainVerification" ? say`verification` : say`list of records`;
      const how = each.change === "forget" ? say`is let go` : say`is deleted`;
      return [
        {
          section: "loss",
          gates: ["mail-loss", "dns", ...(each.change === "forget" ? [] : (["delete"] as const)), "change"],
          text: say`The ${what} of ${whose} ${how} without the domain: nothing guards the domain's DNS records from then on.`,
        },
      ];
    }),
  );
}
