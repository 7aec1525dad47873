/** What the state is to hold of an object: made by the very code that makes it of every resource. */
import { CreateJournal } from "../../core/createJournal";
import { type CommonInputs, type Definition } from "../../core/definition";
import { DynamicProvider } from "../../hosts/dynamic/dynamicProvider";
import { type Runtime } from "../../core/runtime";
import { Engine } from "../../hosts/dynamic/engine";
import { RunLedger } from "../../core/runLedger";
import { providerText } from "../../hosts/dynamic/tokens";
import { type Session } from "../../resources/session";
import { SERVICE } from "../../nylas/service";

/** An object as an entry of the state, or why it cannot be one. */
export type Recorded = { inputs: Bag; outputs: Bag } | { problem: string };

export type Bag = Record<string, unknown>;

export class Recorder {
  readonly #host: Runtime<Session>;
  readonly #providers = new Map<string, { taken(remote: unknown, declared: Bag): Promise<Taken> }>();
  readonly #keys = new Map<string, string>();

  constructor(session: Session) {
    this.#host = {
      ledger: new RunLedger(),
      // Nothing is made here, so nothing is written to it.
      creates: new CreateJournal(),
      engine: new Engine(undefined),
      session: () => session,
      running: 0,
      service: SERVICE,
      today: () => session.clock.today(),
      sleepUnlessInterrupted: () => Promise.resolve(false),
    };
  }

  /** The object, declared with these arguments. A problem completes "is not brought in: …". */
  async record<Inputs extends CommonInputs, Remote>(
    definition: Definition<Inputs, Remote, Session>,
    remote: Remote,
    args: Bag,
  ): Promise<Recorded> {
    const { type, noun } = definition;
    if (definition.inputs?.isNamedByDefault && args.name === undefined) {
      return {
        problem: `it has no name, and a program gives every ${noun} one. Give it one at Nylas, and run this again`,
      };
    }
    const { inputs, outputs, failures, differing, settled } = await this.#provider(definition).taken(
      remote,
      args,
    );
    if (failures.length > 0) return { problem: failures.map(({ reason }) => reason).join("; ") };
    // What a program cannot say as it stands would be changed by the first up.
    if (differing.length > 0)
      return {
        problem: `its ${differing.join(", ")} cannot be declared as ${differing.length > 1 ? "they stand" : "it stands"}`,
      };
    if (!settled)
      return {
        problem: `it is ${String(outputs.status)}, and the first pulumi up would do something about that`,
      };
    const natural = definition.identity?.key?.(inputs as unknown as Inputs);
    if (natural !== undefined) {
      const first = this.#keys.get(`${type} ${natural}`);
      if (first !== undefined) {
        return {
          problem: `${noun} ${natural} exists twice (the other one has the id ${first}), and a program can declare it but once. Rename one of the two at Nylas, and run this again`,
        };
      }
      this.#keys.set(`${type} ${natural}`, definition.id(remote));
    }
    const text = { __provider: providerText(type) };
    return { inputs: { ...inputs, ...text }, outputs: { ...outputs, ...text } };
  }

  #provider<Inputs extends CommonInputs, Remote>(
    definition: Definition<Inputs, Remote, Session>,
  ): { taken(remote: unknown, declared: Bag): Promise<Taken> } {
    const known = this.#providers.get(definition.type);
    if (known) return known;
    const made = new DynamicProvider(() => definition, this.#host);
    void made.configure({ config: { get: () => undefined } });
    const provider = {
      taken: (remote: unknown, declared: Bag) => made.toStateEntry(remote as Remote, declared),
    };
    this.#providers.set(definition.type, provider);
    return provider;
  }
}

type Taken = Awaited<ReturnType<DynamicProvider<CommonInputs, unknown, Session>["toStateEntry"]>>;
