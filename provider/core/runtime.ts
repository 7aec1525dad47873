import { type CreateJournal } from "./createJournal";
import { type Engine } from "./engine";
import { type RunLedger } from "./runLedger";

/** The other side, as messages name it. */
export interface Service {
  /** Its name: `Nylas`. */
  name: string;
  /** What can stand between a program and it: completes "check what stands between here and Nylas ({…})". */
  between: string;
  /** How the settings of a named set of credentials are called: `nylas-NAME:…`. */
  settings: string;
}

/** What a process shares among all its resources. */
export interface Runtime<Session> {
  ledger: RunLedger;
  /** The creates under way in this process and those that killed runs have left. */
  creates: CreateJournal;
  engine: Engine;
  service: Service;
  /** Opens (or finds) the session of a named set of credentials; throws for settings that are wrong. No network. */
  session(config: (key: string) => string | undefined, connection: string | undefined): Session;
  /**
   * Where objects of this type live by this session, in a word that every process has for it. Two connections, and two providers, can lead to
   * one application, and what the program declares there is then declared once.
   */
  side?(session: Session, type: string): string | undefined;
  /** The id that the other side gave to the last write of an object, for its support; undefined where none is known. */
  requestOf?(session: Session, id: string): string | undefined;
  /** Operations under way: a process whose engine is gone ends when there are none left. */
  running: number;
  /** The day, as `2026-10-03`. */
  today(): string;
  /** Waits for what others do; false where the run was interrupted, and nothing is to be waited for any more. */
  sleepUnlessInterrupted(milliseconds: number): Promise<boolean>;
}
