import { type RemoteState } from "./remote";
import { type Word } from "./scenario";

/**
 * How words are written. The rules have them with their kind (`account:x@…`, `workspace:ID`). Releases before 0.2
 * took them `plain`: a name or an address alone.
 */
export type Dialect = "kinds" | "plain";

/** The text of NYLAS_FORCE_DESTROY; undefined where no word is given. */
export function inEnvironment(
  words: Word[] | undefined,
  dialect: Dialect,
  state: RemoteState,
): string | undefined {
  if (!words || words.length === 0) return undefined;
  const texts = words.map((word) => written(word, dialect, state));
  return texts.length === 1 ? texts[0]! : dialect === "plain" ? texts.join(",") : JSON.stringify(texts);
}

/** The value of `nylas:forceDestroy`. */
export function inConfiguration(
  words: Word[] | undefined,
  dialect: Dialect,
  state: RemoteState,
): Record<string, string> {
  if (!words || words.length === 0) return {};
  return { "nylas:forceDestroy": JSON.stringify(words.map((word) => written(word, dialect, state))) };
}

/** The ids that `$id:NAME` stands for. */
export function workspaceIds(words: Word[], state: RemoteState): Record<string, string> {
  return Object.fromEntries(
    words.flatMap(({ object }) => {
      const found = state.workspaces.find(({ name }) => `$id:${name}` === object);
      return found ? [[object, found.id]] : [];
    }),
  );
}

function written({ kind, object }: Word, dialect: Dialect, state: RemoteState): string {
  if (dialect === "plain") return object.replace(/^\$id:/, "");
  return `${kind}:${workspaceIds([{ kind, object }], state)[object] ?? object}`;
}
