import { CreateJournal } from "../../../provider/core/createJournal";
import { type CommonInputs, type Definition } from "../../../provider/core/definition";
import { DynamicProvider } from "../../../provider/hosts/dynamic/dynamicProvider";
import { Engine } from "../../../provider/hosts/dynamic/engine";
import { RunLedger } from "../../../provider/core/runLedger";
import { SERVICE } from "../../../provider/nylas/service";

export interface Thing {
  id: string;
}

/** What a test says of its things, and what it hears. */
export interface Things<T extends Thing> extends Partial<Definition<CommonInputs, T, object>> {
  create: Definition<CommonInputs, T, object>["create"];
  /** Whether a wait may go on. */
  pause: () => boolean;
  say?: Engine["log"];
}

/** A configured provider of things that have an id and nothing else to them, but for what the test says. */
export async function providerOf<T extends Thing>({ pause, say, ...own }: Things<T>) {
  const things: Definition<CommonInputs, T, object> = {
    type: "Thing",
    noun: "thing",
    fields: () => ({}),
    get: () => Promise.resolve(undefined),
    delete: () => Promise.resolve(true),
    id: ({ id }) => id,
    describe: ({ id }) => `thing ${id}`,
    observed: () => ({}),
    outputs: () => ({}),
    owner: {
      of: () => undefined,
      assert: () => Promise.resolve(),
    },
    ...own,
  };
  const engine = new Engine(undefined);
  if (say) engine.log = say;
  const provider = new DynamicProvider(() => things, {
    ledger: new RunLedger(),
    // Things have no scope, so no create of them is noted.
    creates: new CreateJournal(),
    engine,
    session: () => ({}),
    running: 0,
    service: SERVICE,
    today: () => "2026-11-28",
    sleepUnlessInterrupted: () => Promise.resolve(pause()),
  });
  await provider.configure({ config: { get: () => undefined } });
  return provider;
}
