import { type Context } from "../core/definition";
import { UserError } from "../core/failure";
import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { type Folder } from "../nylas/api";
import { NylasError } from "../nylas/errors";
import { isLine } from "../properties/types";
import { SYSTEM_FOLDERS } from "../nylas/systemFolders";
import { folderHoldsMail } from "./mailbox";
import { type Session } from "./session";

export function validateFolders(folders: unknown): Failure[] {
  if (!Array.isArray(folders)) return [];
  return folders.flatMap((folder: unknown, i) => {
    if (holdsUnknown(folder) || typeof folder !== "string") return [];
    const problem = SYSTEM_FOLDERS.includes(folder.trim().toLowerCase())
      ? "a name that is not of the six that every mailbox has"
      : isFolderPath(folder)
        ? undefined
        : "the name or the path of a folder, 1 to 255 characters, without a slash or a blank at its ends";
    return problem === undefined
      ? []
      : [
          {
            property: `folders[${i}]`,
            reason: `folders[${i}]: given ${show(folder)}; allowed: ${problem}; for example folders: ["Clients/Acme"]`,
          },
        ];
  });
}

export function isFolderPath(text: string): boolean {
  return isLine(text, 255) && /^[^\s/](.*[^\s/])?$/u.test(text) && !text.includes("//");
}

/** The folders of a mailbox by their paths; of a program that declares none nobody asks. */
export async function foldersThere(
  session: Session,
  grantId: string,
  declared: unknown,
): Promise<string[] | undefined> {
  return Array.isArray(declared) ? (await placed(session, grantId)).map(({ path }) => path) : undefined;
}

/** Makes what is wanted and not there; removes what is no longer wanted where nothing is in it. Answers what is there then. */
export async function bringFolders(
  { session, log }: Context<Session>,
  grant: { id: string; email: string },
  wanted: string[],
  dropped: string[],
): Promise<string[]> {
  let there = await placed(session, grant.id);
  for (const name of new Set(wanted)) {
    if (there.some(({ path }) => path === name)) continue;
    const folder = await make(session, grant.id, name);
    there.push({ path: name, folder, above: [] });
  }
  const removed = new Set<string>();
  for (const name of dropped) {
    if (wanted.includes(name) || !there.some(({ path }) => path === name)) continue;
    // Looked at anew: the counts are of now, and a list that left a folder out is not likely to do so twice.
    const now = (await placed(session, grant.id)).filter(({ folder }) => !removed.has(folder.id));
    there = [...now, ...there.filter(({ folder }) => !now.some((each) => each.folder.id === folder.id))];
    // Two folders can have one path: a name with a slash in it, and a folder inside of another.
    for (const { folder } of there.filter(({ path }) => path === name)) {
      // A folder goes with all that is in it, and with the folders beneath it.
      const beneath = there.filter(
        (each) => each.path.startsWith(`${name}/`) || each.above.includes(folder.id),
      );
      if (beneath.some(({ path }) => !dropped.includes(path) || wanted.includes(path))) {
        await log("warning", `folder ${show(name)} of ${grant.email} stays: there are other folders in it.`);
        continue;
      }
      let filled = false;
      for (const each of [folder, ...beneath.map((inner) => inner.folder)])
        filled ||= await folderHoldsMail(session, grant.id, each);
      if (filled) {
        await log("warning", `folder ${show(name)} of ${grant.email} stays: there is mail in it.`);
        continue;
      }
      await session.api.folders.delete(grant.id, folder.id);
      removed.add(folder.id);
      there = there.filter((each) => each.folder.id !== folder.id);
    }
  }
  return there.map(({ path }) => path);
}

async function make(session: Session, grantId: string, name: string): Promise<Folder> {
  try {
    return await session.api.folders.create(grantId, name);
  } catch (error) {
    // It may be there since the list, or since an answer that was lost.
    if (!(error instanceof NylasError) || !["conflict", "ambiguous", "refused"].includes(error.kind))
      throw error;
    const found = (await placed(session, grantId)).find(({ path }) => path === name);
    if (!found) throw error;
    return found.folder;
  }
}

/** A folder with its path, and the ids of all folders above it. */
interface Placed {
  path: string;
  folder: Folder;
  above: readonly string[];
}

/** Folders with their paths: a name may be the whole path, or the last part of one that its parents make up. */
async function placed(session: Session, grantId: string): Promise<Placed[]> {
  const folders = await session.api.folders.list(grantId);
  // Every mailbox has its six from the start: a list without any is none to judge by.
  if (folders.length === 0) {
    throw new UserError(
      `Nylas lists no folder at all of account ${grantId}, not even its inbox. Nothing was changed; try again in a minute.`,
    );
  }
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  const place = (folder: Folder, below: readonly string[] = []): Placed => {
    const parent = folder.parentId === undefined ? undefined : byId.get(folder.parentId);
    // Parents that go round in a circle end where it closes.
    if (!parent || parent.id === folder.id || below.includes(parent.id))
      return { path: folder.name, folder, above: [] };
    const over = place(parent, [...below, folder.id]);
    const path = folder.name.startsWith(`${over.path}/`) ? folder.name : `${over.path}/${folder.name}`;
    return { path, folder, above: [parent.id, ...over.above] };
  };
  return folders.map((folder) => place(folder));
}
