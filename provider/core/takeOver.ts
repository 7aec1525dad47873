import { aliasChoices } from "./aliasAdvice";
import { Comparison } from "./comparison";
import { type Creation, type NotedCreate } from "./createJournal";
import { decideExisting, isWorthProof } from "./decide";
import { type CommonInputs, type Context } from "./definition";
import { UserError } from "./failure";
import { type Kind } from "./kind";
import { bare, type Properties, text } from "./properties";
import { shown } from "../shown";
import { secretNames } from "./secretInputs";

/** Acts on an object that exists already: it is taken, adopted, or refused with the reason. */
export class TakeOver<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
  }

  /** Takes the object that `adopt` names by its id. */
  async adoptById(context: Context<Session>, inputs: Inputs, id: string): Promise<Remote> {
    const definition = this.#kind.definition;
    const remote = await definition.get(context.session, id, inputs as Properties);
    if (remote === undefined) {
      throw new UserError(
        `adopt: there is no ${definition.noun} with the id ${text(id)} for this key. Nothing was changed.`,
      );
    }
    return this.takeOrRefuse(context, remote, inputs);
  }

  /** An object with our natural key, or with the id of `adopt`, exists. `lost`: the answer to a create of it was lost in this run. */
  async takeOrRefuse(
    context: Context<Session>,
    found: Remote,
    inputs: Inputs,
    lost = false,
  ): Promise<Remote> {
    const definition = this.#kind.definition;
    const differing = this.#comparison.differing(found, inputs);
    this.#assertNotHeldUnderOtherName(context, found);
    const facts = {
      isAdopted: inputs.adopt === true || typeof inputs.adopt === "string",
      isUnmanageable: definition.identity?.cannotManageReason?.(found) !== undefined,
      isBound: this.#isBound(found),
      differing,
      immutable: differing.filter((key) => definition.inputs?.replaceOn?.includes(key)),
      isPartiallyCreated: this.isPartiallyCreated(found, inputs, differing),
    };
    const isOwn = isWorthProof(facts) ? lost || (await this.isOwn(context, found, inputs)) : undefined;
    const decision = decideExisting({ ...facts, isOwn });
    const name = definition.describe(found);
    switch (decision) {
      case "refuseUnmanageable":
        throw this.#unmanageable(found);
      case "refuseBound":
        throw this.#bound(found);
      case "conflict":
        throw await this.conflict(context, found, inputs, facts.isAdopted ? facts.immutable : differing);
      case "adopt":
        await context.log("info", `${name} is taken over as it is.`);
        return found;
      case "take":
        await definition.identity?.logTaken?.(context, found);
        await context.log(
          "info",
          `${name} was made by an earlier run of this program; it is taken as it is.`,
        );
        return found;
      case "resume":
        await definition.identity?.logTaken?.(context, found);
        await context.log(
          "info",
          `${name} was begun by an earlier run of this program; it is taken, and finished (${differing.join(", ")}).`,
        );
        return definition.partialCreation!.resumeCreate(context, found, inputs);
    }
  }

  /** Whether the create of an object was interrupted between its steps. */
  isPartiallyCreated(remote: Remote, inputs: Inputs, differing: readonly string[]): boolean {
    return (
      differing.length > 0 &&
      (this.#kind.definition.partialCreation?.isPartiallyCreated(remote, inputs, differing) ?? false)
    );
  }

  #unmanageable(remote: Remote): UserError {
    const { describe, identity } = this.#kind.definition;
    return new UserError(
      `${describe(remote)} ${identity?.cannotManageReason?.(remote)} Nothing was changed.`,
    );
  }

  /** A take-over would end as two entries of one object, and the delete of the old one as the end of what depends on it. */
  #assertNotHeldUnderOtherName(context: Context<Session>, remote: Remote): void {
    const reason = this.#kind.definition.identity?.heldUnderOtherName?.(context, remote);
    if (reason !== undefined) throw new UserError(reason);
  }

  #isBound(remote: Remote): boolean {
    return (
      this.#kind.runtime.ledger.boundTo(this.#kind.object(this.#kind.definition.id(remote))) !== undefined
    );
  }

  #bound(remote: Remote): UserError {
    return new UserError(
      `${this.#kind.definition.describe(remote)} belongs to another resource of this program already. Nothing was changed; give ` +
        `this one a name of its own, or remove one of the two.`,
    );
  }

  /** The refusal to take an object: what differs, whose it may be, and the ways forward. */
  async conflict(
    context: Context<Session>,
    found: Remote,
    inputs: Inputs,
    differing: string[],
    reason?: string,
  ): Promise<UserError> {
    const definition = this.#kind.definition;
    const observed = definition.observed(found, inputs);
    const hidden = secretNames(inputs as Properties);
    const differences = differing.map((key) =>
      this.#kind.inputFields()[key]?.secret || hidden.has(key)
        ? `${key} (not shown: it is a secret)`
        : `${key}: there ${text(observed[key as keyof Inputs])}, declared ${text(inputs[key as keyof Inputs])}`,
    );
    const id = definition.id(found);
    const leaving = this.#kind.runtime.ledger.releasedBy(this.#kind.object(id));
    const whose = await Promise.resolve(definition.identity?.whose?.(context, found)).catch(() => undefined);
    return new UserError(
      [
        `${definition.describe(found)} exists already and is not provably this resource's own. Nothing was changed.`,
        ...(whose === undefined ? [] : [whose]),
        ...(reason === undefined ? [] : [reason]),
        ...(differences.length > 0 ? [`It differs in ${differences.join("; ")}.`] : []),
        `If the resource was renamed or moved in the program, give it the alias that leads to its entry:\n${aliasChoices(context.label, observed["name" as keyof Inputs])}`,
        `If ${leaving ?? "another resource of this program"} ${leaving ? "gives" : "goes away or gives"} it up in the same change: deletes come last, so do that in a pulumi up of its own, and this in the next one.`,
        `If ${definition.identity?.adoptCondition?.(found) ?? "it should be managed from here on"}, take it over: adopt: true (or adopt: "${id}"). ` +
          (definition.onTransfer
            ? `Otherwise declare it in one program alone.`
            : `Otherwise choose another name or address.`),
      ].join("\n"),
    );
  }

  /** Whether an interrupted run of this very state has made the object. Its name alone proves nothing. */
  async isOwn(context: Context<Session>, remote: Remote, inputs: Inputs): Promise<boolean> {
    const { id, identity } = this.#kind.definition;
    const creation = await this.#creation(context, inputs);
    const seconds = identity?.createdAt?.(remote) ?? 0;
    return (
      creation !== undefined &&
      (await this.#kind.runtime.creates.explainsByNow(creation, {
        id: id(remote),
        createdAt: seconds > 0 ? seconds * 1000 : undefined,
      }))
    );
  }

  /** Notes the create before it is sent, so that a later run can tell what this one made if it is killed. */
  async noteCreate(context: Context<Session>, inputs: Inputs): Promise<NotedCreate | undefined> {
    const creation = await this.#creation(context, inputs);
    if (creation === undefined) return undefined;
    const { creates } = this.#kind.runtime;
    const noted = creates.begin(creation);
    if (!creates.isBeingMadeByOther(creation)) return noted;
    noted.failed();
    throw new UserError(
      `Another stack on this machine is making the ${shown(bare(creation.key))} at this moment. Nothing was changed here. ` +
        `Declare it in one program alone. If the other run ends without it, run pulumi up again.`,
    );
  }

  async #creation({ session, label }: Context<Session>, inputs: Inputs): Promise<Creation | undefined> {
    const { type, identity } = this.#kind.definition;
    const key = this.#kind.journalKey(inputs);
    if (!identity?.find || !identity.scope || key === undefined || label === undefined) return undefined;
    return { type, key, label, scope: await identity.scope(session) };
  }
}
