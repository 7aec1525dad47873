import { type Context } from "../core/definition";
import { UserError } from "../core/failure";
import { accountsStayingOn, listOf } from "./inhabitants";
import { type Session } from "./session";
import { forceByName } from "./words";

/** A domain that is about to lose its registration or its published records. */
export interface GuardedDomain {
  address: string;
  /** Unknown where the records were pasted and Nylas is not asked. */
  id?: string | undefined;
  organizationId?: string | undefined;
  /**
   * Whether mail arrives on it, or did. One that was never verified does not count. "served": nobody has seen it
   * verified, and its MX stands in DNS, or cannot be asked for. "trial": it is the organization's trial domain, which
   * works without any record.
   */
  receivesMail: boolean | "served" | "trial";
}

/**
 * Why a domain may not be deleted now; undefined where it may. NylasDomain asks it, and so does NylasDomainVerification, which the
 * engine deletes before the published records. `recordedApplication` is the application whose accounts were in reach at the create.
 */
export async function domainDeletionBlocker(
  context: Pick<Context<Session>, "session" | "log">,
  domain: GuardedDomain,
  recordedApplication: unknown,
): Promise<string | undefined> {
  const { address, receivesMail } = domain;
  await assertAccountsInSight(context.session, domain, recordedApplication);
  const left = await accountsStayingOn(context, address);
  if (left.length === 0 && !receivesMail) return undefined;
  const seen =
    left.length === 0
      ? []
      : [
          `${left.length === 1 ? "an account lives" : `${left.length} accounts live`} on it (${listOf(left)}) and would stop receiving mail.`,
        ];
  const why =
    receivesMail === "served"
      ? "has an MX in DNS (or it cannot be asked for)"
      : receivesMail === "trial"
        ? "is the trial domain, which the Dashboard alone can make again"
        : "is verified";
  const unseen = receivesMail
    ? [
        `${left.length === 0 ? `it ${why}, and accounts` : `It ${why}, and more accounts may be on it: those`} of other applications of this organization cannot be seen from here.`,
      ]
    : [];
  return (
    `${nameOf(domain)} is kept: ${[...seen, ...unseen].join(" ")} ` +
    `${receivesMail ? "To" : "Delete them first; or, to"} delete it all the same, set forceDestroy: true on the domain, ` +
    `run pulumi up, and then delete it; for one that is no longer in the program, ${forceByName("domain", address, context.session)}.`
  );
}

export function nameOf({ address, id }: Pick<GuardedDomain, "address" | "id">): string {
  return `domain ${address}${id === undefined ? "" : ` (id ${id})`}`;
}

/** Which accounts live on a domain shows in their own application alone: under another key there would seem to be none. */
async function assertAccountsInSight(
  session: Session,
  { address, organizationId }: GuardedDomain,
  recorded: unknown,
): Promise<void> {
  const key = session.settings.sources.apiKey ?? "nylas:apiKey";
  const unseen = `Whether accounts live on ${address} cannot be seen`;
  const next = "Nothing was changed.";
  const otherwise = `or record forceDestroy: true on the domain first; for one that is no longer in the program, ${forceByName("domain", address)}.`;
  if (!session.settings.apiKey) {
    throw new UserError(
      `${unseen} without an application key, and deleting the domain would end their mail. ${next} Set nylas:apiKey (NYLAS_API_KEY), ${otherwise}`,
    );
  }
  const application = await session.api.application();
  if (organizationId !== undefined && application.organizationId !== organizationId) {
    const owner = application.organizationId ?? "unknown (it may not read GET /v3/applications)";
    throw new UserError(
      `${unseen} with the application key (${key}): its organization is ${owner}, and the domain's ${organizationId}. ${next} ` +
        `Use the key of the application whose accounts are on it, ${otherwise}`,
    );
  }
  if (typeof recorded === "string" && recorded !== application.id) {
    throw new UserError(
      `${unseen} with the application key (${key}): it is of application ${application.id}, and this state is of ${recorded}. ${next} Use the key of ${recorded}, ${otherwise}`,
    );
  }
}

/** The application of the key, where there is one that works: for a domain alone none is needed. */
export async function applicationAtHand({ settings, api }: Session): Promise<string | undefined> {
  if (!settings.apiKey) return undefined;
  return api.application().then(
    ({ id }) => id,
    () => undefined,
  );
}
