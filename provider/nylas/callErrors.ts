import { shown } from "../shown";
import { type Call, operationOf } from "./call";
import { type Settings } from "./credentials";
import { type ErrorBody, NylasError } from "./errors";
import { explainRefusal } from "./explain";
import { type Answer, type Outcome } from "./outcome";
import { redact } from "./secret";

/** The errors of calls: what happened, what to do next, and nothing secret in either. */
export class CallErrors {
  constructor(private readonly settings: Settings) {}

  /** The error for an outcome after which nothing more is tried. */
  afterOutcome(call: Call<unknown>, outcome: Outcome, attempts: number): NylasError {
    const tried = attempts === 1 ? "" : ` after ${attempts} attempts`;
    const open = call.method === "POST" && !call.repeatable;
    if ("failure" in outcome) {
      const { failure } = outcome;
      const seen = `${failure.text} at ${this.settings.apiUrl}${tried}.`;
      if (open && failure.sent) return this.of(call, "ambiguous", `${seen} ${lookAgain}`);
      return this.of(call, "unavailable", `${seen} ${failure.next}`);
    }
    const { status, body } = outcome;
    const facts = { ...outcome, type: body?.type };
    if (status >= 300 && status < 400) {
      const target = outcome.location === undefined ? "" : ` to ${outcome.location}`;
      const seen = `the answer was a redirect${target}, and keys are not sent on.`;
      return this.of(call, "malformed", `${seen} ${wrongHost(this.settings)}`, facts);
    }
    if (status >= 500 || status === 408) {
      const seen = describe(outcome, body, tried);
      if (open) return this.of(call, "ambiguous", `${seen} ${lookAgain}`, facts);
      return this.of(call, "unavailable", `${seen} Try again later: that is safe.`, facts);
    }
    // A proxy's 404 must not pass for one of Nylas: it would empty a state.
    if (!body && status !== 429) {
      return this.of(
        call,
        "malformed",
        `${describe(outcome, body, tried)} ${wrongHost(this.settings)}`,
        facts,
      );
    }
    const known: ErrorBody = body ?? { type: undefined, message: "", requestId: undefined };
    const general = explainRefusal(status, known, call.key, this.settings, call);
    const special = general.kind === "credential" ? undefined : call.explain?.(status, known);
    const seen = describe(outcome, body && { ...body, message: special?.message ?? body.message }, tried);
    const next = (special?.next ?? general.next) + (call.hint?.(status) ?? "");
    return this.of(call, special?.kind ?? general.kind, `${seen} ${next}`, facts);
  }

  of(
    call: Call<unknown>,
    kind: NylasError["kind"],
    why: string,
    facts: { status?: number; type?: string | undefined; requestId?: string | undefined } = {},
  ): NylasError {
    const secrets = this.secretsOf(call);
    const operation = shown(redact(operationOf(call), secrets));
    return new NylasError({
      kind,
      operation,
      message: `Could not ${operation}: ${shown(redact(why, secrets))}`,
      status: facts.status,
      type: facts.type,
      requestId: facts.requestId,
      // No cause: the connection's own errors hold what was received, byte for byte.
    });
  }

  secretsOf(call: Call<unknown>): string[] {
    const keys = [this.settings.apiKey, this.settings.organizationKey].map((key) => key?.reveal() ?? "");
    return [...keys, ...(call.secrets ?? [])];
  }
}

export const lookAgain =
  "It is not known whether it was done: look for it at Nylas before doing it again (the next run does so by itself).";

function describe(answer: Answer, body: ErrorBody | undefined, tried: string): string {
  if (!body) {
    const shown = answer.json === undefined ? answer.shown : "JSON of another form";
    return `the answer${tried} was ${answer.status} with a body that is not of Nylas (${shown}).`;
  }
  const code = body.type === undefined ? "" : ` (${body.type})`;
  const end = /[.!?]$/.test(body.message) ? "" : ".";
  return `Nylas answered ${answer.status}${code}${tried}: ${body.message}${end}`;
}

function wrongHost(settings: Settings): string {
  const source = settings.sources.apiUrl;
  return (
    `Expected is the Nylas API at ${settings.apiUrl}${source === undefined ? "" : ` (from ${source})`}: something else ` +
    "answers there, such as a proxy or another host. Correct nylas:apiUrl or the proxy settings."
  );
}
