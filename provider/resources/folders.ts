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
  return Array.isArray(declared) ? [...(await paths(session, grantId)).keys()] : undefined;
}

/** Makes what is wanted and not there; removes what is no longer wanted where nothing is in it. Answers what is there then. */
export async function bringFolders(
  { session, log }: Context<Session>,
  grant: { id: string; email: string },
  wanted: string[],
  dropped: string[],
): Promise<string[]> {
  const there = await paths(session, grant.id);
  for (const name of new Set(wanted)) {
    if (there.has(name)) continue;
    there.set(name, await make(session, grant.id, name));
  }
  const removed = new Set<string>();
  for (const name of dropped) {
    if (!there.has(name) || wanted.includes(name)) continue;
    // Looked at anew: the counts are of now, and a list that left a folder out is not likely to do so twice.
    for (const [path, folder] of await paths(session, grant.id))
      if (!removed.has(folder.id)) there.set(path, folder);
    const folder = there.get(name)!;
    // A folder goes with all that is in it, and with the folders beneath it.
    const beneath = [...there].filter(([path]) => path.startsWith(`${name}/`));
    if (beneath.some(([path]) => !dropped.includes(path) || wanted.includes(path))) {
      await log("warning", `folder ${show(name)} of ${grant.email} stays: there are other folders in it.`);
      continue;
    }
    let filled = false;
    for (const [, each] of [[name, folder] as const, ...beneath])
      filled ||= await folderHoldsMail(session, grant.id, each);
    if (filled) {
      await log("warning", `folder ${show(name)} of ${grant.email} stays: there is mail in it.`);
      continue;
    }
    await session.api.folders.delete(grant.id, folder.id);
    removed.add(folder.id);
    there.delete(name);
  }
  return [...there.keys()];
}

async function make(session: Session, grantId: string, name: string): Promise<Folder> {
  try {
    return await session.api.folders.create(grantId, name);
  } catch (error) {
    // It may be there since the list, or since an answer that was lost.
    if (!(error instanceof NylasError) || !["conflict", "ambiguous", "refused"].includes(error.kind))
      throw error;
    const folder = (await paths(session, grantId)).get(name);
    if (!folder) throw error;
    return folder;
  }
}

/** Folders under their paths: a name may be the whole path, or the last part of one that its parents make up. */
async function paths(session: Session, grantId: string): Promise<Map<string, Folder>> {
  const folders = await session.api.folders.list(grantId);
  // Every mailbox has its six from the start: a list without any is none to judge by.
  if (folders.length === 0) {
    throw new UserError(
      `Nylas lists no folder at all of account ${grantId}, not even its inbox. Nothing was changed; try again in a minute.`,
    );
  }
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  const pathOf = (folder: Folder, depth = 0): string => {
    const parent = folder.parentId === undefined || depth > 20 ? undefined : byId.get(folder.parentId);
    if (!parent) return folder.name;
    const above = pathOf(parent, depth + 1);
    return folder.name.startsWith(`${above}/`) ? folder.name : `${above}/${folder.name}`;
  };
  return new Map(folders.map((folder) => [pathOf(folder), folder]));
}
