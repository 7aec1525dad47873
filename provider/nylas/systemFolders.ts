/** The six folders of every mailbox, in lower case. */
export const SYSTEM_FOLDERS = ["inbox", "sent", "drafts", "trash", "junk", "archive"];

/** The folder that mail is deleted from sooner: of the trash at any time, of junk after `spamRetentionDays`. `Spam` is another word for junk. */
export function shortLived(folder: string): "trash" | "junk" | undefined {
  const top = folder.normalize("NFKC").split("/")[0]!.trim().toLowerCase();
  if (["junk", "spam"].includes(top)) return "junk";
  return top === "trash" ? "trash" : undefined;
}
