/**
 * What the texts in the state load: one export per resource type, each a dynamic provider. The path of this module and
 * the names of its exports are frozen: a state made by any release must find them here.
 */
import { CreateJournal } from "./core/createJournal";
import { type CommonInputs, type Definition } from "./core/definition";
import { DynamicProvider } from "./hosts/dynamic/dynamicProvider";
import { type Runtime } from "./core/runtime";
import { Engine } from "./hosts/dynamic/engine";
import { RunLedger } from "./core/runLedger";
import { placeOfState } from "./hosts/dynamic/place";
import { type NylasApi } from "./nylas/api";
import type * as Client from "./nylas/client";
import { clockOf } from "./nylas/clock";
import { readSettings } from "./nylas/credentials";
import { endWaits, sleepUnlessInterrupted, stopWrites } from "./nylas/lifetime";
import { underWay } from "./nylas/inFlightWrites";
import { DEFINITIONS } from "./resources/definitions";
import { NEEDS } from "./resources/needs";
import { KnownSides, type Session } from "./resources/session";
import { SERVICE } from "./nylas/service";

const clock = clockOf(process.env);
const engine = new Engine(process.argv[2]);
const sessions = new Map<string, Session>();
const sides = new KnownSides();

const runtime: Runtime<Session> = {
  ledger: new RunLedger(),
  creates: new CreateJournal({ place: placeOfState, engine: process.argv[2] }),
  running: 0,
  service: SERVICE,
  today: () => clock.today(),
  engine,
  sleepUnlessInterrupted: (milliseconds) => sleepUnlessInterrupted(clock, milliseconds),
  requestOf: ({ api }, id) => api.requestOf(id),
  session(config, connection) {
    const known = sessions.get(connection ?? "");
    if (known) return usable(known);
    const settings = readSettings(config, process.env, connection);
    let api: NylasApi | undefined;
    const session = {
      settings,
      clock,
      sides: sides.of(settings),
      get programRuns() {
        return runtime.ledger.programRuns;
      },
      // What only checks and compares has no need of it.
      get api() {
        return (api ??= loadClient().connect(settings, clock));
      },
    };
    sessions.set(connection ?? "", session);
    return usable(session);
  },
  side: ({ sides }, type) =>
    NEEDS[type]?.key === "organization" ? sides?.organization.connection : sides?.application.connection,
};

/** A configuration that a state remembers cannot be mended before the next up, so only a program is held to it. */
function usable(session: Session): Session {
  const { problem } = session.settings.forceDestroy;
  if (problem && session.programRuns) throw problem;
  return session;
}

underWay.engine = process.argv[2];
underWay.report = (message) => void engine.log("info", message);

// At Ctrl-C the engine waits for what is under way: what only waits must not make it wait along.
engine.onInterrupted(() => {
  endWaits();
  // The request comes again when the operation is over, and then nothing is under way.
  if (runtime.running === 0) runtime.creates.end();
});

// A killed engine leaves this process alive: what is under way is finished, nothing new is written, and the process ends.
engine.onLost((reason) => {
  stopWrites(reason);
  underWay.orphan();
  runtime.creates.orphan();
  const end = performance.now() + 30_000;
  setInterval(() => {
    if (runtime.running === 0 || performance.now() > end) process.exit(1);
  }, 100);
});

export const Domain = provide(DEFINITIONS.Domain);
export const DomainRecords = provide(DEFINITIONS.DomainRecords);
export const DomainVerification = provide(DEFINITIONS.DomainVerification);
export const Workspace = provide(DEFINITIONS.Workspace);
export const DefaultWorkspace = provide(DEFINITIONS.DefaultWorkspace);
export const Policy = provide(DEFINITIONS.Policy);
export const AgentAccount = provide(DEFINITIONS.AgentAccount);
export const Rule = provide(DEFINITIONS.Rule);
export const List = provide(DEFINITIONS.List);
export const Webhook = provide(DEFINITIONS.Webhook);
export const Principal = provide(DEFINITIONS.Principal);
export const ApiKey = provide(DEFINITIONS.ApiKey);
export const SmokeTest = provide(DEFINITIONS.SmokeTest);

function loadClient(): typeof Client {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("./nylas/client") as typeof Client;
}

function provide<Inputs extends CommonInputs, Remote>(
  load: () => Definition<Inputs, Remote, Session>,
): DynamicProvider<Inputs, Remote, Session> {
  return new DynamicProvider(load, runtime);
}
