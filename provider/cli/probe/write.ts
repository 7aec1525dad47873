/** `probe --write`: what it will make, and the tries in their order. */
import { NylasError } from "../../nylas/errors";
import { type Bench, type Own, Refused } from "./bench";
import { Stopped } from "./eyes";
import { type Ground, harmless, known } from "./look";
import { type Sighting } from "./points";
import { ACCOUNT_POINTS, accounts } from "./tries/accounts";
import { DOMAIN_POINTS, domains } from "./tries/domains";
import { principals } from "./tries/principals";
import { attachments, lists, policies, rules, workspaces } from "./tries/settings";
import { inSeconds, type Try, untried } from "./tries/try";
import { webhooks } from "./tries/webhooks";

/** What can be made with the keys and options that there are. */
export interface Plan {
  application: boolean;
  /** The domain for the mailbox; or why there is none. */
  mailbox: { domain: string } | { why: string };
  /** The domain that is registered; or why there is none. */
  domain: { address: string } | { why: string };
  principal: boolean;
  webhookUrl: string | undefined;
}

export function planOf(
  ground: Ground,
  has: { application: boolean; domains: boolean },
  options: { domain?: string; webhookUrl?: string },
  mark: string,
): Plan {
  const { domains } = ground;
  return {
    application: has.application,
    mailbox: has.application ? mailboxDomain(ground, options.domain) : { why: "there is no application key" },
    domain:
      has.domains && domains !== undefined
        ? { address: `${mark}.${ownZone(options.domain)}` }
        : { why: has.domains ? "domains may not be listed" : "there is no key for domains" },
    principal: ground.hasIam && has.application,
    webhookUrl: has.application ? options.webhookUrl : undefined,
  };
}

function mailboxDomain({ domains, trialDomain }: Ground, given: string | undefined): Plan["mailbox"] {
  if (given !== undefined) {
    const found = domains?.find(({ address }) => address === given.toLowerCase());
    if (domains !== undefined && !found) return { why: "--domain is not registered in this organization" };
    if (found && !found.usable) return { why: "--domain is not verified for ownership and mx" };
    return { domain: given.toLowerCase() };
  }
  const trial = domains?.find(({ branded }) => branded)?.address ?? trialDomain;
  return trial === undefined ? { why: "there is no trial domain, and no --domain" } : { domain: trial };
}

/** Below the user's own domain; a name of example.com belongs to nobody. */
function ownZone(given: string | undefined): string {
  return given === undefined || given.endsWith(".nylas.email") ? "example.com" : given.toLowerCase();
}

/** What it will make, in lines. */
export function announced(plan: Plan, ground: Ground, mark: string): string[] {
  const lines: string[] = [];
  if (plan.application)
    lines.push(
      "2 workspaces, 1 policy, 2 rules that are not enabled, 1 list; no account of yours is under them",
    );
  if ("domain" in plan.mailbox) {
    lines.push(
      `1 mailbox, ${mark}@${plan.mailbox.domain}; it counts against the plan's accounts while it is there`,
    );
    if (ground.hasConnector !== true)
      lines.push("the connector for Agent Accounts, if there is none: this alone stays, as with pulumi up");
  } else lines.push(`no mailbox: ${plan.mailbox.why}`);
  lines.push(
    "address" in plan.domain
      ? `1 domain, ${plan.domain.address}; it is registered, never verified, and no DNS record is written`
      : `no domain: ${plan.domain.why}`,
  );
  lines.push(
    plan.principal
      ? "1 principal that may read the messages of an empty workspace, and 2 keys of it that are disabled from the start"
      : "no principal: there is no key for IAM, or no such routes",
  );
  lines.push(
    plan.webhookUrl === undefined
      ? "no webhook: there is no --webhook-url"
      : "1 webhook at --webhook-url, for grants that expire",
  );
  return lines;
}

/** All tries. One that Nylas refuses leaves its points open, and the others go on. Gives an error where answers broke off. */
export async function tryAll(
  bench: Bench,
  ground: Ground,
  plan: Plan,
  say: (sighting: Sighting) => void,
  doing: (text: string) => void,
): Promise<NylasError | undefined> {
  const context: Try = { bench, ground, say, doing };

  let broken: NylasError | undefined;
  let spaces: { first: Own; second: Own } | undefined;
  if (plan.application) {
    spaces = await attempt(["R1", "R11"], () => workspaces(context));
    const policy = await attempt(["R3", "R15", "policyPutWithoutId"], () => policies(context));
    const rule = await attempt(["staleRule"], () => rules(context));
    await attempt([], () => lists(context));
    if (spaces && rule)
      await attempt(["staleRule"], () => attachments(context, { workspace: spaces!.second, policy, rule }));
  }
  const { mailbox, domain } = plan;
  if ("domain" in mailbox) await attempt(ACCOUNT_POINTS, () => accounts(context, mailbox.domain, spaces));
  else untried(say, ACCOUNT_POINTS, mailbox.why);
  if ("address" in domain) await attempt(DOMAIN_POINTS, () => domains(context, domain.address));
  else untried(say, DOMAIN_POINTS, domain.why);
  if (plan.principal && spaces) {
    const workspace = spaces.first;
    await attempt(["R12"], () => principals(context, workspace));
  }
  const url = plan.webhookUrl;
  if (url !== undefined) await attempt(["R5", "webhookEmpty"], () => webhooks(context, url));
  else untried(say, ["webhookEmpty"], "there is no --webhook-url");
  if (bench.lag > 0) say(harmless("R11", `after ${inSeconds(bench.lag)}`, { readLagMs: bench.lag }));
  else if (bench.looks > 0) say(known("R11", "at once"));
  return broken;

  async function attempt<T>(points: readonly string[], run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof Stopped || !(error instanceof Refused || isOfOne(error))) throw error;
      if (error instanceof NylasError) broken = error;
      const why =
        error instanceof Refused ? `a ${error.kind} is refused (${error.status})` : "the answers broke off";
      untried(say, points, why);
      return undefined;
    }
  }
}

/** A call that got no usable answer ends its try alone. A key that is no longer accepted ends all. */
function isOfOne(error: unknown): boolean {
  return error instanceof NylasError && ["unavailable", "malformed", "ambiguous"].includes(error.kind);
}
