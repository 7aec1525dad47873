import * as pulumi from "@pulumi/pulumi";
import { CreateJournal } from "../core/createJournal";
import { type CommonInputs, type Definition } from "../core/definition";
import { DynamicProvider } from "../hosts/dynamic/dynamicProvider";
import { type Runtime } from "../core/runtime";
import { kindOfToken } from "../hosts/dynamic/tokens";
import { Engine } from "../hosts/dynamic/engine";
import { RunLedger } from "../core/runLedger";
import { UNKNOWN } from "../core/unknown";
import { DEFINITIONS } from "../resources/definitions";
import { type Session } from "../resources/session";
import { SERVICE } from "../nylas/service";

export type Values = Record<string, unknown>;

/** The resources of this package, without the prefix that some classes have: `Policy` is made by `NylasPolicy`. */
export type Kind = keyof typeof DEFINITIONS;

/** The kind that a type token stands for; undefined where it is not one of ours. */
export function kindOf(type: string): Kind | undefined {
  const kind = kindOfToken(type);
  return kind !== undefined && Object.hasOwn(DEFINITIONS, kind) ? (kind as Kind) : undefined;
}

/** The provider's own check of arguments, which is offline. One for each test: what is declared twice in a program is refused. */
export function checkerOf(): (kind: Kind, given: Values, name: string) => Promise<Checked> {
  const runtime: Runtime<Session> = {
    ledger: new RunLedger(),
    creates: new CreateJournal(),
    engine: new Engine(undefined),
    // No settings are needed, and none are read.
    session: () => ({}) as Session,
    running: 0,
    service: SERVICE,
    today: () => "2030-01-01",
    sleepUnlessInterrupted: () => Promise.resolve(false),
  };
  const providers = new Map<Kind, DynamicProvider<CommonInputs, unknown, Session>>();
  return async (kind, given, name) => {
    let provider = providers.get(kind);
    if (!provider) {
      const load = DEFINITIONS[kind] as unknown as () => Definition<CommonInputs, unknown, Session>;
      provider = new DynamicProvider(load, runtime);
      await provider.configure({ config: { get: () => undefined } });
      providers.set(kind, provider);
    }
    const { inputs, failures } = await provider.check({}, withMarkers(given) as Values);
    return {
      inputs: Object.fromEntries(
        Object.entries(withoutMarkers(inputs) as Values).filter(([key]) => !key.startsWith("__")),
      ),
      failures: failures.map(({ reason }) => `Nylas ${kind} ${JSON.stringify(name)}: ${reason}`),
    };
  };
}

interface Checked {
  /** With defaults. */
  inputs: Values;
  failures: string[];
}

/** What a preview does not know yet, as the engine hands it to check. */
function withMarkers(value: unknown): unknown {
  if (pulumi.isUnknown(value)) return UNKNOWN;
  return mapped(value, withMarkers);
}

function withoutMarkers(value: unknown): unknown {
  if (value === UNKNOWN) return undefined;
  return mapped(value, withoutMarkers);
}

function mapped(value: unknown, each: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(each);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, each(inside)]));
}
