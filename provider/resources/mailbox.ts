import { normalEmail } from "../nylas/addresses";
import { type Folder, type Grant } from "../nylas/api";
import { NylasError } from "../nylas/errors";
import { SYSTEM_FOLDERS } from "../nylas/systemFolders";
import { UserError } from "../core/failure";
import { type Session } from "./session";

/**
 * Whether a mailbox contains mail. It is empty only if two independent routes say so. One is the list of messages.
 * The other is the folders' own counts (or the list of threads where the counts are not all there). An error of
 * either is an error.
 */
export async function holdsMail({ api }: Session, grantId: string): Promise<boolean> {
  if (await api.grants.holdsMail(grantId)) return true;
  const counted = countedMail(await api.folders.list(grantId));
  return counted ?? api.grants.hasThreads(grantId);
}

/** As `holdsMail`, for one folder. `folder` is as a list of the folders has just shown it. */
export async function folderHoldsMail({ api }: Session, grantId: string, folder: Folder): Promise<boolean> {
  if (folder.totalCount !== undefined && folder.totalCount > 0) return true;
  if (await api.folders.holdsMail(grantId, folder.id)) return true;
  return folder.totalCount === undefined ? api.grants.hasThreads(grantId, folder.id) : false;
}

/** What the folders' counts say; undefined if they say nothing: a count is missing, or a folder that every mailbox has. */
export function countedMail(folders: Pick<Folder, "name" | "totalCount">[]): boolean | undefined {
  if (folders.some(({ totalCount }) => totalCount !== undefined && totalCount > 0)) return true;
  const names = new Set(folders.map(({ name }) => name.toLowerCase()));
  const complete =
    SYSTEM_FOLDERS.every((name) => names.has(name)) &&
    folders.every(({ totalCount }) => totalCount !== undefined);
  return complete ? false : undefined;
}

/**
 * The account with an address that no list shows. Creating an address that exists changes the existing mailbox (Nylas
 * takes it for a second sign-in). So a list alone is not believed: the mailbox itself is asked, by its address.
 */
export async function unlistedAccount({ api }: Session, email: string): Promise<Grant | undefined> {
  let folders: Folder[];
  try {
    folders = await api.folders.list(email);
  } catch (error) {
    if (error instanceof NylasError && ["notFound", "refused", "forbidden", "malformed"].includes(error.kind))
      return undefined;
    throw error;
  }
  const id = folders.find(({ grantId }) => grantId !== undefined)?.grantId;
  const grant = id === undefined ? undefined : await api.grants.get(id);
  if (grant !== undefined && normalEmail(grant.email) === email) return grant;
  throw new UserError(
    `There is a mailbox ${email} in this application already, although Nylas does not list it. Nothing was changed; try again in a minute.`,
  );
}
