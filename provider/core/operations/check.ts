import { holdsTokens, shown } from "../../shown";
import { aliasChoices } from "../aliasAdvice";
import { Comparison } from "../comparison";
import { type CommonInputs } from "../definition";
import { type Failure, REFUSED, show, validate } from "../fields";
import { type Kind } from "../kind";
import { type LabelWithMore } from "../label";
import { LOST_ID, LostObjects } from "../lost";
import { bare, present, type Properties } from "../properties";
import { Refusals } from "../refusals";
import { secretNames, SECRETS } from "../secretInputs";
import { daysOf, SINCE } from "../standing";
import { holdsUnknown, UNKNOWN } from "../unknown";

/** Check: offline, serial, also in a preview. */
export class Check<Inputs extends CommonInputs, Remote, Session> {
  readonly #kind: Kind<Inputs, Remote, Session>;
  readonly #comparison: Comparison<Inputs, Remote, Session>;
  readonly #lost: LostObjects<Inputs, Remote, Session>;
  readonly #refusals: Refusals<Inputs, Remote, Session>;

  constructor(kind: Kind<Inputs, Remote, Session>) {
    this.#kind = kind;
    this.#comparison = new Comparison(kind);
    this.#lost = new LostObjects(kind);
    this.#refusals = new Refusals(kind);
  }

  async check(olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    const definition = this.#kind.definition;
    await this.#kind.configured;
    this.#kind.runtime.ledger.markProgramRuns();
    const { __provider: _provider, __defaults: _defaults, [SINCE]: _since, label: told, ...sent } = news;
    const { [REFUSED]: asked, ...given } = sent;
    const isPreview = asked !== undefined;
    const inputs = present(given);
    // What the engine dropped as unknown in an up: the program has it, and the engine skips the resource for what it depends on.
    const more: Partial<LabelWithMore> = isLabelWithMore(told) ? told : {};
    const label = isLabelWithMore(told) ? told.label : told;
    if (more.up === true) this.#kind.runtime.ledger.markUp();
    const { unknown = [], secret = [] } = more;
    const failedBefore = more.failedBefore ?? unknown.length > 0;
    this.#kind.learn({ ...inputs, [SECRETS]: secret }, olds ?? {});
    for (const name of unknown) inputs[name] = UNKNOWN;
    // One that declares nothing is recorded with the provider's text alone.
    const before = Object.keys(present(olds ?? {})).length > 0 ? present(olds) : undefined;

    if (before && failedBefore && typeof label === "string")
      this.#kind.runtime.ledger.markPendingUpdate(`${definition.noun} ${label}`, before);
    const failures = validate(this.#kind.inputFields(), inputs);
    if (definition.inputs?.isNamedByDefault) {
      if (inputs.name === undefined && before?.name === undefined)
        failures.push(...this.#validateDefaultName(label));
      inputs.name ??= before?.name ?? label;
    }
    const defaulted = this.#applyDefaults(inputs, before);
    let refusal: string | undefined;
    if (failures.length === 0) {
      const declared = inputs as Inputs;
      const recorded = before as Inputs | undefined;
      const recordedKey = recorded && this.#kind.key(recorded);
      if (recordedKey !== undefined) this.#kind.runtime.ledger.markDeclared(recordedKey);
      const lostId = before?.[LOST_ID];
      if (typeof lostId === "string") {
        // What takes the place of a lost one is held to nothing that the lost one was.
        failures.push(...(definition.validation?.failures?.(declared, undefined, failedBefore) ?? []));
        refusal = this.#lost.refusalToMakeAnew(declared, recorded!, lostId);
        failures.push(...this.#declare(declared, undefined, label));
      } else {
        failures.push(...(definition.validation?.failures?.(declared, recorded, failedBefore) ?? []));
        refusal = recorded && this.#refusals.refusal(recorded, declared);
        failures.push(...this.#declare(declared, recorded, label));
        if (!recorded) await this.#warnOfEntry(declared, label);
      }
      // A replacement is checked once more, as if nothing were there: what was found stays.
      if (before && typeof label === "string") this.#kind.runtime.ledger.recordRefusal(label, refusal);
    }
    if (failures.length === 0)
      Object.assign(inputs, definition.inputs?.computed?.(inputs as Inputs, before as Inputs | undefined));
    if (!failures.some(({ property }) => property === "connection"))
      failures.push(...(await this.#validateSettings(inputs as CommonInputs)));
    // In an up the engine takes no marker back.
    for (const name of unknown) delete inputs[name];
    return {
      inputs: present({
        ...inputs,
        __defaults: Object.keys(defaulted).length > 0 ? defaulted : undefined,
        [SINCE]: this.#daysOfWords(inputs, before, label),
        [SECRETS]: secret.length > 0 ? secret : undefined,
        [REFUSED]: isPreview && refusal !== undefined ? shown(refusal) : undefined,
      }),
      // Of ten thousand wrong items nobody reads more than the first ones.
      failures: failures.slice(0, 20).map((failure) => this.#withoutValueOfSecret(failure, inputs, secret)),
    };
  }

  /**
   * Writes our defaults into the inputs; one that was ours before keeps its old value, whatever the default is by
   * now. That value stands beside the inputs. Among them, a refresh would write the server's value over it, and that
   * is drift and no default.
   */
  #applyDefaults(inputs: Properties, before: Properties | undefined): Properties {
    const previously = (before?.__defaults ?? {}) as Properties;
    const defaulted: Properties = {};
    for (const [key, value] of Object.entries(this.#kind.definition.inputs?.defaults ?? {})) {
      if (inputs[key] !== undefined) continue;
      inputs[key] = defaulted[key] = previously[key] ?? value;
    }
    return defaulted;
  }

  #declare(news: Inputs, olds: Inputs | undefined, label: unknown): Failure[] {
    const key = this.#kind.key(news);
    if (key === undefined || typeof label !== "string") return [];
    const other = this.#kind.runtime.ledger.claimKey(key, label);
    if (other !== undefined) {
      return [
        {
          property: Object.keys(this.#kind.inputFields())[0] ?? "",
          reason: `${bare(key)} is declared twice in this program: by ${label} and by ${other}. Each would undo the other; keep one.`,
        },
      ];
    }
    if (!olds) this.#kind.runtime.ledger.recordClaim(key, { label, how: "new" });
    if (!olds || this.#comparison.replaced(olds, news).length > 0)
      this.#kind.runtime.ledger.markPendingCreate(key, label);
    return [];
  }

  /** With --refresh this process has read the state's entries: a new resource that declares the same is most likely one of them. */
  async #warnOfEntry(news: Inputs, label: unknown): Promise<void> {
    const key = this.#kind.key(news);
    if (key === undefined || typeof label !== "string" || !this.#kind.runtime.ledger.isRead(key)) return;
    if (this.#kind.runtime.ledger.claimOf(key)?.how === "recorded") return;
    await this.#kind.runtime.engine.log(
      "warning",
      `${bare(key)}: the state has an entry for it, and ${label} is a new resource to the engine. If it was renamed or moved in the program, give it the ` +
        `alias that leads to its entry:\n${aliasChoices(label, (news as Properties).name)}`,
    );
  }

  /** A resource may be named as no object can be: its own name is long, or holds what no name may. */
  #validateDefaultName(label: unknown): Failure[] {
    const { name } = this.#kind.inputFields();
    if (!name || label === undefined || validate({ name }, { name: label }).length === 0) return [];
    return [
      {
        property: "name",
        reason:
          `name: given none, and the default (project/stack/name) would be ${show(label)}; allowed: ${name.allowed}; for example ` +
          `name: ${name.example}`,
      },
    ];
  }

  /** Settings may be missing in a preview, but not wrong: a region that does not exist is said before anything is done. */
  async #validateSettings({ connection }: CommonInputs): Promise<Failure[]> {
    if (connection !== undefined && typeof connection !== "string") return [];
    if (holdsUnknown(connection)) return [];
    try {
      this.#kind.runtime.session(await this.#kind.configured, connection);
      return [];
    } catch (error) {
      // The engine prints the property that a failure names, and connection is not what is wrong.
      return [{ property: connection === undefined ? "" : "connection", reason: (error as Error).message }];
    }
  }

  #daysOfWords(inputs: Properties, before: Properties | undefined, label: unknown): Properties | undefined {
    const { ledger, today } = this.#kind.runtime;
    const recorded = typeof label === "string" ? ledger.recordedInputs(label, before) : before;
    return daysOf(inputs, recorded, today());
  }

  /**
   * The engine prints the value of the property that a failure names, secret or not; the reason names it as well. What
   * stands under a mistyped name may be a secret too.
   */
  #withoutValueOfSecret({ property, reason }: Failure, inputs: Properties, secret: string[]): Failure {
    const failure = { property, reason: shown(reason) };
    const fields = this.#kind.inputFields();
    const [name] = failure.property.split(/[.[]/) as [string];
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const hidden =
      field === undefined ||
      field.secret ||
      secretNames({ [SECRETS]: secret }).has(name) ||
      holdsTokens(inputs[name]);
    return hidden ? { ...failure, property: "" } : failure;
  }
}

function isLabelWithMore(told: unknown): told is LabelWithMore {
  return typeof told === "object" && told !== null && typeof (told as LabelWithMore).label === "string";
}
