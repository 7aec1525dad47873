import { configurationKey, environmentName } from "../nylas/credentials";
import { type ForceKind, forceWord, howToGive, inShell } from "../nylas/forceWords";
import { type Session } from "./session";

export { type ForceKind };

/**
 * Whether this run was told to delete the object even though it holds mail, or accounts live on it. `name` is an account's address, a
 * domain's name, or a workspace's id.
 *
 * A plain destroy or refresh runs with the configuration that the state remembers, which may name what was taken back long ago. So the
 * configuration counts only where the engine has asked for a check. The environment is always this run's own.
 *
 * Measured with engine 3.256.0, as "configuration; checks": up, up --target: current; of the targets. up --refresh after a change of
 * configuration: a first process, remembered; none; then a second one as in up. up with no resource of ours in the program: remembered;
 * none. destroy, refresh: remembered; none. destroy --run-program, refresh --run-program: current; none.
 */
export function isForceDestroyed(session: Session, kind: ForceKind, name: string): boolean {
  const { forceDestroy } = session.settings;
  if (forceDestroy.from === "configuration" && !session.programRuns) return false;
  if (forceDestroy.problem) throw forceDestroy.problem;
  return names(session, kind, name);
}

/** What to say where this run names an object that the program still declares; undefined where it does not name it. */
export function namedInVain(session: Session, kind: ForceKind, name: string): string | undefined {
  if (!names(session, kind, name)) return undefined;
  const { from } = session.settings.forceDestroy;
  const connection = session.settings.connection;
  const setting = (from === "environment" ? environmentName : configurationKey)("forceDestroy", connection);
  return (
    `${setting} names ${forceWord(kind, name)}, and the program still declares it, so it stays. Take the word away: a later run that deletes it ` +
    `would not ask again${from === "configuration" ? ` (pulumi config rm ${setting} takes all of them away)` : ""}.`
  );
}

/**
 * Tells how to force the delete of an object when the program can no longer set its `forceDestroy`. Completes "for
 * one that is no longer in the program, …". Without `session`, the line is that of the ordinary connection.
 */
export function forceByName(kind: ForceKind, name: string, session?: Session): string {
  const word = forceWord(kind, name) ?? `${kind}:${name}`;
  const connection = session?.settings.connection;
  const variable = environmentName("forceDestroy", connection);
  const key = configurationKey("forceDestroy", connection);
  const inEnvironment = howToGive([word], { from: "environment", name: variable });
  const ignored =
    session !== undefined &&
    !session.programRuns &&
    session.settings.forceDestroy.from === "configuration" &&
    names(session, kind, name);
  return (
    `run with ${inEnvironment} in the environment (or, for pulumi up alone, with it in the configuration: ` +
    `pulumi config set --path '${key}[0]' ${inShell(word)})` +
    (ignored
      ? `. The configuration that the state remembers names ${word}, but it may have been taken back, so it does not count in this run. ` +
        `In a destroy, and in an up whose program declares no Nylas resource, the word has to be in the environment: ${inEnvironment}`
      : "")
  );
}

function names({ settings }: Session, kind: ForceKind, name: string): boolean {
  const word = forceWord(kind, name);
  return word !== undefined && settings.forceDestroy.words.includes(word);
}
