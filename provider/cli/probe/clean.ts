/** Removes what a probe made: at its end, and after a run that died. */
import { type NylasApi } from "../../nylas/api";
import { type Clock, growing, poll } from "../../nylas/clock";
import { type Settings } from "../../nylas/credentials";
import { holdsMail } from "../../resources/mailbox";
import { type Eyes, Stopped } from "./eyes";
import { type Entry, type ProbeJournal } from "./probeJournal";
import { find, goneAfter, idsOf, OBJECTS, standing } from "./objects";

export interface Cleaning {
  eyes: Eyes;
  api: NylasApi;
  settings: Settings;
  clock: Clock;
  /** Milliseconds that an object is looked for whose create was never answered. */
  patience: number;
  /** Whether a mailbox goes although it contains mail. */
  deleteMail: boolean;
}

/** What became of an entry. `text` is about what is left, and names the object for its owner. */
export interface Cleaned {
  entry: Entry;
  state: "removed" | "never made" | "left";
  text?: string;
  /** Milliseconds that it showed after its delete. */
  lag?: number;
}

/** Goes through a journal twice: some objects are refused a delete while others refer to them. */
export async function clean(
  cleaning: Cleaning,
  journal: ProbeJournal,
  doing: (text: string) => void,
): Promise<Cleaned[]> {
  const done = new Map<number, Cleaned>();
  // A list may go on to show what was removed.
  const ids = new Set(journal.left.flatMap(({ id }) => id ?? []));
  for (let round = 0; round < 2; round++)
    for (const entry of journal.left) {
      doing(`removing a ${entry.kind} of the probe`);
      const cleaned = await remove(cleaning, entry, ids).catch((error: unknown): Cleaned => {
        if (error instanceof Stopped) throw error;
        return { entry, state: "left", text: (error as Error).message };
      });
      done.set(entry.n, cleaned);
      if (cleaned.state !== "left") journal.gone(entry);
    }
  journal.end();
  return [...done.values()];
}

async function remove(cleaning: Cleaning, entry: Entry, ids: ReadonlySet<string>): Promise<Cleaned> {
  const { eyes, clock, patience } = cleaning;
  const id = entry.id ?? (await findPatiently(cleaning, entry, ids));
  if (id === undefined) return { entry, state: "never made" };
  entry.id = id;
  const object = await standing(eyes, entry);
  if (object === undefined) return { entry, state: "removed" };
  if (object === "unknown") return left("Nylas does not show it");
  if (object === "foreign")
    return left(
      "it does not bear the name that the probe gave it, so it may be somebody's. Look at it yourself",
    );
  if (entry.kind === "grant" && !cleaning.deleteMail && (await containsMail(cleaning, id)))
    return left("its mailbox contains mail. Run probe --clean --delete-mail, or delete it at Nylas");
  const answer = await eyes.ask(OBJECTS[entry.kind].remove, { ids: idsOf(entry), body: {} });
  if (answer.ok) {
    const lag = await goneAfter(eyes, clock, patience, entry);
    return lag === undefined
      ? left("Nylas took the delete, and still shows it")
      : { entry, state: "removed", lag };
  }
  if (answer.status === 404) return { entry, state: "removed" };
  return left(`Nylas answered ${answer.status}: ${answer.message}`);

  function left(text: string): Cleaned {
    return { entry, state: "left", text };
  }
}

/** A write whose answer was lost may still be under way, and lists may be late. */
async function findPatiently(
  { eyes, clock, patience }: Cleaning,
  entry: Entry,
  others: ReadonlySet<string>,
): Promise<string | undefined> {
  const { seen } = await poll(clock, () => find(eyes, entry, others), {
    until: (id) => id !== undefined,
    pauses: growing(500, 2, 5_000),
    limit: patience,
  });
  return seen;
}

function containsMail({ api, settings, clock }: Cleaning, id: string): Promise<boolean> {
  return holdsMail({ api, settings, clock, programRuns: false }, id);
}
