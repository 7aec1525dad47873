/** A mailbox of the probe's own: made twice, renamed, moved, and taken out of its workspace. */
import { randomBytes } from "node:crypto";
import { secondsOf } from "../../../nylas/wire/parts";
import { type Own, Refused } from "../bench";
import { classes, folders, harmless, known, mailRoutes, oneAccount, text } from "../look";
import { refusesMoves } from "../../../nylas/routes/accounts";
import { inSeconds, type Try, untried, write } from "./try";

export const ACCOUNT_POINTS = [
  "R2",
  "R10",
  "bareGrants",
  "patchName",
  "patchSettings",
  "passwordRules",
  "removedGrantsGoTo",
  "grantListLagMs",
  "createTwice",
] as const;

export async function accounts(
  context: Try,
  domain: string,
  workspaces: { first: Own; second: Own } | undefined,
): Promise<Own> {
  const { bench, say, doing } = context;
  doing("trying a mailbox");
  await connector(context);
  const own = await makeAccount(context, `${bench.mark}@${domain}`, workspaces?.first);
  await listed(context, own);
  await oneAccount(bench.eyes, say, own.id);
  await mailRoutes(bench.eyes, say, own.id);
  await folders(bench.eyes, say, own.name);
  await createTwice(context, own);
  await write(context, own, PATCH, { name: "Probe, renamed" }, "AgentAccount");
  await withoutName(context, own);
  if (workspaces) await moves(context, own, workspaces);
  else untried(say, ["R2", "removedGrantsGoTo"], "no workspace could be made");
  return own;
}

const PATCH = "PATCH /v3/grants/:id";

/** Made as the provider makes it, and left where it is: other accounts may need it by the time that the probe ends. */
async function connector({ bench: { eyes }, ground, say }: Try): Promise<void> {
  if (ground.hasConnector) return;
  const create = (body: Record<string, unknown>) => eyes.ask("POST /v3/connectors", { body });
  const first = await create({ provider: "nylas" });
  if (first.ok) return say(known("R6", "no name needed"));
  if (!/\bname\b/i.test(first.message)) return;
  const second = await create({ provider: "nylas", name: "nylas" });
  // Where connectors may not be listed, there may be one already.
  if (second.ok || /already|exists/i.test(second.message))
    say(harmless("R6", "a name is required", { connectorRules: "strict" }));
}

/** With a password that only the documented rules take first, then with one that all known rules take. */
async function makeAccount({ bench, say }: Try, email: string, workspace: Own | undefined): Promise<Own> {
  const make = (password: string) =>
    bench.make(
      "grant",
      email,
      {
        provider: "nylas",
        name: "Probe",
        ...(workspace ? { workspace_id: workspace.id } : {}),
        settings: { email, app_password: password },
      },
      { secrets: [password] },
    );
  try {
    const made = await make(newPassword(""));
    say(known("passwordRules", "as documented"));
    return made;
  } catch (error) {
    if (!(error instanceof Refused) || !/password/i.test(error.message)) throw error;
    const made = await make(newPassword("-+"));
    say(harmless("passwordRules", "a symbol is required", { passwordRules: "strict" }));
    return made;
  }
}

function newPassword(symbols: string): string {
  return `Aa1${symbols}${randomBytes(12).toString("hex")}`;
}

/** R10: when the account shows in the unfiltered list. The lag that all reads have is no lateness of the list. */
async function listed({ bench, say }: Try, own: Own): Promise<void> {
  const { eyes } = bench;
  const shows = async (query: Record<string, string | number>) => {
    const { data } = await eyes.ask("GET /v3/grants", { query: { limit: 200, offset: 0, ...query } });
    return Array.isArray(data) && data.some((item: { id?: unknown }) => item.id === own.id);
  };
  const filtered = await shows({ provider: "nylas", sort_by: "created_at", order_by: "desc" });
  const began = bench.now();
  const limit = Math.max(bench.patience, 2 * bench.lag);
  let waited = 0;
  let there = await shows({ sort_by: "created_at", order_by: "desc" });
  for (; !there && waited < limit; waited = bench.now() - began) {
    await bench.sleep(Math.min(2_000, limit / 5));
    there = await shows({ sort_by: "created_at", order_by: "desc" });
  }
  const late = !there || waited > 2 * bench.lag;
  if (!late) say(known("R10", "at once"));
  else {
    const seen = there ? `after ${inSeconds(waited)}` : `not within ${inSeconds(limit)}`;
    say(harmless("R10", seen, { newGrantListLagMs: Math.ceil(there ? waited : Math.max(limit, 70_000)) }));
  }
  if (filtered && !late) say(harmless("grantListLagMs", "there at once", { grantListLagMs: 0 }));
  else say(known("grantListLagMs", "late"));
}

/** The same address again: the existing account, and its `created_at` tells. */
async function createTwice({ bench, say }: Try, own: Own): Promise<void> {
  const before = await bench.read(own);
  const body = { provider: "nylas", name: "Probe", settings: { email: own.name } };
  const { ok, status, data } = await bench.makeAgain(own, body);
  if (!ok) return say(harmless("createTwice", `refused (${status})`, { repeatedCreates: "refused" }));
  const again = (data ?? {}) as Record<string, unknown>;
  const same = again.id === own.id;
  const older = secondsOf(again.created_at) === secondsOf(before.created_at);
  if (same && older) return say(known("createTwice", "the first account, with its created_at"));
  say({
    point: "createTwice",
    verdict: "affected",
    seen: same ? "the first account, with a new created_at" : "another account",
    kinds: classes(["AgentAccount"]),
    ...(same ? {} : { settings: { repeatedCreates: "second" } }),
  });
}

/** A `PATCH` of the settings alone: what becomes of the name and of the password. */
async function withoutName({ bench, say }: Try, own: Own): Promise<void> {
  const before = await bench.settled(own);
  const answer = await bench.change(own, PATCH, { settings: { email: own.name } });
  if (!answer.ok) return untried(say, ["patchName", "patchSettings"], `refused (${answer.status})`);
  const after = await bench.settled(own);
  if (text(before.name) !== undefined)
    say(
      text(after.name) === undefined
        ? known("patchName", "clears the name")
        : harmless("patchName", "keeps the name", { patchName: "keep" }),
    );
  const has = (grant: Record<string, unknown>) =>
    (grant.settings as { has_app_password?: unknown } | undefined)?.has_app_password;
  if (has(before) !== true)
    return untried(say, ["patchSettings"], "whether there is a password does not show");
  say(
    has(after) === true
      ? harmless("patchSettings", "keep the password", { patchSettings: "merge" })
      : known("patchSettings", "end the password"),
  );
}

/** R2, and where an account is that is taken out of its workspace. */
async function moves(context: Try, own: Own, { first, second }: { first: Own; second: Own }): Promise<void> {
  const { bench, say } = context;
  const isIn = (workspace: Own) => (grant: Record<string, unknown>) => grant.workspace_id === workspace.id;
  await bench.read(own);
  const patched = await bench.change(own, PATCH, { name: "Probe", workspace_id: second.id });
  const byPatch = patched.ok && (await bench.look(own, isIn(second))).shown;
  if (byPatch) say(known("R2", "PATCH with workspace_id"));
  const target = byPatch ? first : second;
  const assigned = await bench.change(target, "POST /v3/workspaces/:id/manual-assign", {
    assign_grants: [own.id],
  });
  const byAssign = assigned.ok && (await bench.look(own, isIn(target))).shown;
  if (!byPatch) {
    const how = patched.ok ? "PATCH ignores workspace_id" : `PATCH refuses workspace_id (${patched.status})`;
    const settings = { grantMoves: patched.ok ? "ignored" : "refused" };
    if (!byAssign)
      say({
        point: "R2",
        verdict: "affected",
        seen: `${how}, and manual-assign does not move it`,
        kinds: classes(["AgentAccount"]),
        settings,
      });
    else if (patched.ok || ([400, 422].includes(patched.status) && refusesMoves(patched.message)))
      say(harmless("R2", `${how}; manual-assign moves it`, settings));
    else
      say({
        point: "R2",
        verdict: "affected",
        // The provider assigns it only where the refusal says that the field is not taken.
        seen: `${how} in words that are not known, so manual-assign, which moves it, is not tried`,
        kinds: classes(["AgentAccount"]),
        settings,
      });
  }
  if (!byAssign) return untried(say, ["removedGrantsGoTo"], "manual-assign does not move it");
  await removed(context, own, target);
}

async function removed({ bench, say }: Try, own: Own, workspace: Own): Promise<void> {
  await bench.change(workspace, "POST /v3/workspaces/:id/manual-assign", { remove_grants: [own.id] });
  const { object, shown } = await bench.look(own, (grant) => grant.workspace_id !== workspace.id);
  if (!shown) return say(harmless("removedGrantsGoTo", "stays where it is"));
  if (text(object.workspace_id) === undefined) return say(known("removedGrantsGoTo", "is in none"));
  say(harmless("removedGrantsGoTo", "is in another one", { removedGrantsGoTo: "default" }));
}
