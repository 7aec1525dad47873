/** What a process shares that serves resources to an engine, whichever host it is. */
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { CreateJournal } from "./core/createJournal";
import { type Runtime } from "./core/runtime";
import { type ConnectedEngine } from "./hosts/engine";
import { RunLedger } from "./core/runLedger";
import { SharedFacts } from "./core/sharedFacts";
import { engineProcess } from "./hosts/engineProcess";
import { placeOfState } from "./hosts/dynamic/place";
import { type NylasApi } from "./nylas/api";
import type * as Client from "./nylas/client";
import { clockOf } from "./nylas/clock";
import { readSettings, type Settings } from "./nylas/credentials";
import { endWaits, sleepUnlessInterrupted, stopWrites } from "./nylas/lifetime";
import { underWay } from "./nylas/inFlightWrites";
import { NEEDS } from "./resources/needs";
import { KnownSides, type Session } from "./resources/session";
import { SERVICE } from "./nylas/service";

/** Milliseconds that a process goes on without its engine, to finish what is under way. */
const LONGEST_END = 30_000;

type Config = (key: string) => string | undefined;

export interface Serving {
  runtime: Runtime<Session>;
  /** The engine wants its plugins to come to an end: at the first Ctrl-C, and when an operation is over. */
  interrupt(): void;
}

/** `address` is the engine's. `settingsOf` reads the settings of a connection, in the way of the host. */
export function serve(
  engine: ConnectedEngine,
  address: string | undefined,
  settingsOf: (config: Config, connection: string | undefined) => Settings = (config, connection) =>
    readSettings(config, process.env, connection),
): Serving {
  const clock = clockOf(process.env);
  const sessions = new Map<string, Session>();
  const sides = new KnownSides();
  const runtime: Runtime<Session> = {
    ledger: new RunLedger(factsOf(address)),
    creates: new CreateJournal({ place: placeOfState, engine: address }),
    running: 0,
    service: SERVICE,
    today: () => clock.today(),
    engine,
    sleepUnlessInterrupted: (milliseconds) => sleepUnlessInterrupted(clock, milliseconds),
    requestOf: ({ api }, id) => api.requestOf(id),
    session(config, connection) {
      const known = sessions.get(connection ?? "");
      if (known) return usable(known);
      const settings = settingsOf(config, connection);
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
      NEEDS[type]?.key === "organization" ? sides?.organization.key : sides?.application.key,
  };

  underWay.engine = address;
  underWay.report = (message) => void engine.log("info", message);

  // A killed engine leaves this process alive: what is under way is finished, nothing new is written, and the process ends.
  engine.onLost((reason) => {
    stopWrites(reason);
    underWay.orphan();
    runtime.creates.orphan();
    const end = performance.now() + LONGEST_END;
    setInterval(() => {
      if (runtime.running > 0 && performance.now() < end) return;
      runtime.ledger.end();
      process.exit(1);
    }, 100);
  });

  return {
    runtime,
    interrupt() {
      // At Ctrl-C the engine waits for what is under way: what only waits must not make it wait along.
      endWaits();
      // The request comes again when the operation is over, and then nothing is under way.
      if (runtime.running > 0) return;
      runtime.creates.end();
      runtime.ledger.end();
    },
  };
}

/** Without an address (a test, a tool) this process is the only one. */
function factsOf(address: string | undefined): SharedFacts | undefined {
  if (address === undefined) return undefined;
  const home = process.env.PULUMI_HOME || join(homedir(), ".pulumi");
  // The home folder may be read-only, or its disk full. Each user has a name of its own in a folder that all share.
  const elsewhere = `pulumi-nylas-runs-${process.getuid?.() ?? "own"}`;
  const roots = [join(home, "pulumi-nylas-runs"), join(tmpdir(), elsewhere)];
  return new SharedFacts({ address, engine: engineProcess() }, roots);
}

/** A configuration that a state remembers cannot be mended before the next up, so only a program is held to it. */
function usable(session: Session): Session {
  const { problem } = session.settings.forceDestroy;
  if (problem && session.programRuns) throw problem;
  return session;
}

function loadClient(): typeof Client {
  // oxlint-disable-next-line typescript/no-require-imports
  return require("./nylas/client") as typeof Client;
}
