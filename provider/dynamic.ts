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

// A kind of resource is loaded with its first operation: no program uses all of them, and everybody waits for what is loaded here.
/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports */
export const Domain = provide(
  () => (require("./resources/domain") as typeof import("./resources/domain")).domain,
);
export const DomainRecords = provide(
  () => (require("./resources/domainRecords") as typeof import("./resources/domainRecords")).domainRecords,
);
export const DomainVerification = provide(
  () =>
    (require("./resources/domainVerification") as typeof import("./resources/domainVerification"))
      .domainVerification,
);
export const Workspace = provide(
  () => (require("./resources/workspace") as typeof import("./resources/workspace")).workspace,
);
export const DefaultWorkspace = provide(
  () =>
    (require("./resources/defaultWorkspace") as typeof import("./resources/defaultWorkspace"))
      .defaultWorkspace,
);
export const Policy = provide(
  () => (require("./resources/policy") as typeof import("./resources/policy")).policy,
);
export const AgentAccount = provide(
  () => (require("./resources/account") as typeof import("./resources/account")).account,
);
export const Rule = provide(() => (require("./resources/rule") as typeof import("./resources/rule")).rule);
export const List = provide(() => (require("./resources/list") as typeof import("./resources/list")).list);
export const Webhook = provide(
  () => (require("./resources/webhook") as typeof import("./resources/webhook")).webhook,
);
export const Principal = provide(
  () => (require("./resources/principal") as typeof import("./resources/principal")).principal,
);
export const ApiKey = provide(
  () => (require("./resources/apiKey") as typeof import("./resources/apiKey")).apiKey,
);
export const SmokeTest = provide(
  () => (require("./resources/smokeTest") as typeof import("./resources/smokeTest")).smokeTest,
);
/* eslint-enable */

function loadClient(): typeof Client {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("./nylas/client") as typeof Client;
}

function provide<Inputs extends CommonInputs, Remote>(
  load: () => Definition<Inputs, Remote, Session>,
): DynamicProvider<Inputs, Remote, Session> {
  return new DynamicProvider(load, runtime);
}
