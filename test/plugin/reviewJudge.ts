/** What an `up` did to mail, seen from the other side alone: the simulator's mailboxes, keys, webhooks and zone. */
import { type Simulator } from "nylas-simulator";

export interface Snapshot {
  /** Mail that was gone for good before this look, each with what brought it about. */
  lost: string[];
  /** How much of it there is after the look: what comes in displaces what is older in a full mailbox. */
  lostByThen: number;
  /** Accounts by id. */
  accounts: Map<string, { email: string; workspace: string | null; password: boolean }>;
  /** Domains whose mail arrives at Nylas. */
  arriving: Set<string>;
  /** `account sender` for mail that reaches the inbox. */
  accepted: Set<string>;
  /** Which accounts each key reads, by the key's id. */
  readers: Map<string, Set<string>>;
  /** `address event` of webhooks that are told something. */
  told: Set<string>;
  /** Accounts that may send, and those of them that keep a copy of it. */
  senders: Set<string>;
  keepers: Set<string>;
}

export interface Verdict {
  losses: string[];
  handedOver: string[];
}

const SENDERS = ["friend@partner.example", "someone@spam.example", "other@shop.test"];

/** Looks at everything, and lets mail come in and go out to see whether it arrives. */
export async function look(sim: Simulator): Promise<Snapshot> {
  // What the limits in force have not taken yet is no loss of the next change.
  sim.advanceClock(0);
  const lost = sim.state().lostMail.map(({ email, reason, cause }) => `${email} (${reason}, ${cause})`);
  const probes = sim.state().grants.flatMap(({ id }) =>
    SENDERS.map((from) => ({
      probe: `${id} ${from}`,
      message: sim.receive({ grant: id, from, body: "hello" }),
    })),
  );
  const sent = await sendFromAll(sim);
  sim.advanceClock(0);
  const state = sim.state();
  const folders = new Map(state.messages.map(({ id, folder }) => [id, folder]));
  const accepted = new Set(
    probes.filter(({ message }) => message !== null && lasts(folders.get(message))).map(({ probe }) => probe),
  );
  const accounts = new Map(
    state.grants.map(({ id, email, workspace_id, has_app_password }) => [
      id,
      { email, workspace: workspace_id, password: has_app_password },
    ]),
  );
  const readers = new Map<string, Set<string>>();
  for (const { id, principal_id, status } of state.credentials) {
    const principal = state.principals.find((each) => each.id === principal_id);
    if (status !== "active" || principal?.status !== "active") continue;
    const { type, id: bound } = principal.resource_binding;
    const reads = [...principal.direct_permissions, ...principal.roles].some((each) =>
      each.includes("message"),
    );
    const reached = state.grants.filter((grant) =>
      type === "workspace"
        ? grant.workspace_id === bound
        : type === "grant"
          ? grant.id === bound
          : type === "application"
            ? grant.application_id === bound
            : false,
    );
    readers.set(id, new Set(reads ? reached.map((grant) => grant.id) : []));
  }
  return {
    lost,
    lostByThen: state.lostMail.length,
    accounts,
    arriving: new Set(state.domains.map((each) => each.domain_address).filter((name) => arrives(sim, name))),
    accepted,
    readers,
    senders: new Set(sent.keys()),
    keepers: new Set([...sent].filter(([, copy]) => lasts(folders.get(copy))).map(([id]) => id)),
    told: new Set(
      state.webhooks
        .filter(({ status }) => status === "active")
        .flatMap(({ webhook_url, trigger_types }) => trigger_types.map((type) => `${webhook_url} ${type}`)),
    ),
  };
}

/** Whether mail in a folder is not deleted sooner than elsewhere. */
function lasts(folder: string | undefined): boolean {
  return folder !== undefined && !["junk", "trash"].includes(folder);
}

/** The ids of the copies by the ids of the accounts that may send. */
async function sendFromAll(sim: Simulator): Promise<Map<string, string>> {
  const sent = new Map<string, string>();
  for (const { id } of sim.state().grants) {
    const answer = await fetch(`${sim.url}/v3/grants/${id}/messages/send`, {
      method: "POST",
      headers: { authorization: `Bearer ${sim.keys.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ to: [{ email: "x@example.net" }], subject: "out", body: "b" }),
    });
    if (answer.ok) sent.set(id, ((await answer.json()) as { data: { id: string } }).data.id);
  }
  return sent;
}

/** Whether the first MX of a name is Nylas', and the only one of its rank. */
function arrives(sim: Simulator, domain: string): boolean {
  const records = sim
    .state()
    .zones.filter(({ name }) => domain.endsWith(`.${name}`))
    .flatMap((zone) => zone.records)
    .filter(({ name, type }) => name === domain && type === "MX");
  const first = Math.min(...records.map(({ priority }) => priority ?? 0));
  const best = records.filter(({ priority }) => (priority ?? 0) === first);
  return best.length > 0 && best.every(({ content }) => content.startsWith("inbound."));
}

/**
 * What is lost, and what has come into other hands. `holderOf` tells who is handed a key: the resource that made it; a rotation gives
 * the new key to the holder of the old one.
 */
export function compare(
  before: Snapshot,
  after: Snapshot,
  holderOf: (keyId: string) => string,
  live: ReadonlySet<string>,
): Verdict {
  const losses: string[] = [];
  const handedOver: string[] = [];
  const lost = after.lost.slice(before.lostByThen);
  if (lost.length > 0) losses.push(`${lost.length} messages are gone: ${[...new Set(lost)].join(", ")}`);
  for (const domain of before.arriving)
    if (live.has(domain) && !after.arriving.has(domain)) losses.push(`mail for ${domain} no longer arrives`);
  const turnedAway = [...before.accepted].filter(
    (each) => after.accounts.has(each.split(" ")[0]!) && !after.accepted.has(each),
  );
  if (turnedAway.length > 0) losses.push(`mail is turned away: ${turnedAway.join(", ")}`);

  const uncopied = [...before.keepers].filter((id) => after.senders.has(id) && !after.keepers.has(id));
  if (uncopied.length > 0)
    losses.push(`copies of what is sent are kept for less time: ${uncopied.join(", ")}`);
  for (const id of after.senders)
    if (before.accounts.has(id) && !before.senders.has(id)) handedOver.push(`${id} may send`);

  const reached = new Map<string, Set<string>>();
  for (const [key, accounts] of before.readers) {
    const own = reached.get(holderOf(key)) ?? new Set();
    for (const account of accounts) own.add(account);
    reached.set(holderOf(key), own);
  }
  for (const [key, accounts] of after.readers) {
    const more = [...accounts].filter(
      (account) => before.accounts.has(account) && !reached.get(holderOf(key))?.has(account),
    );
    if (more.length > 0) handedOver.push(`${holderOf(key)} reads ${more.join(", ")}`);
  }
  for (const each of after.told) if (!before.told.has(each)) handedOver.push(`is told: ${each}`);
  for (const [id, { email, workspace, password }] of after.accounts) {
    const earlier = before.accounts.get(id);
    if (!earlier) continue;
    if (password && !earlier.password) handedOver.push(`${email} is open over IMAP`);
    if (workspace !== earlier.workspace) handedOver.push(`${email} is in another workspace`);
  }
  return { losses, handedOver };
}
