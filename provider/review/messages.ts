/** What the engine and the providers say beside the steps of a preview. */
import { type Resource } from "./fleet";
import { type Message } from "./preview";
import { type Review } from "./review";
import { notShown } from "./standing";

/** Warnings of this package's own resources, of which the review says the same in a line of its own. */
const SAID = [
  /^account \S+ moves to /,
  /^workspace "[\s\S]*": new accounts on /,
  /: mail beyond what that one keeps is deleted in every mailbox in it/,
  /: \d+ more rule\(s\) look at the mail of every account in it/,
  /^policy "[\s\S]*": [\s\S]* go(es)? (down|up) /,
  /^rule "[\s\S]*": mail that its conditions hold for /,
  /^principal "[\s\S]*" is bound to /,
  /^the secret of webhook [\s\S]* is rotated/,
  /^replacing [\s\S]* deletes the mailbox /,
];

/** Whether a line of the review says what a warning says; a warning of a resource that the review is silent about stays. */
export function isSaidAlready(review: Review, { text, urn }: Message): boolean {
  const plain = text.replace(/^warning: /, "").trim();
  if (!SAID.some((form) => form.test(plain))) return false;
  if (urn !== undefined) return review.resources.some((each) => each.urn === urn && review.isTold(each));
  // In a digest of the whole preview a warning has no resource.
  return review.resources.some(
    (each) =>
      each.kind !== undefined && review.isTold(each) && namesOf(each).some((name) => plain.includes(name)),
  );
}

function namesOf({ kind, before, after }: Resource): string[] {
  if (kind === "DefaultWorkspace") return ["the default workspace"];
  return [before, after].flatMap((state) =>
    ["email", "name", "url"].flatMap((property) => {
      const value = state?.inputs[property];
      return typeof value === "string" && !notShown(value) ? [value] : [];
    }),
  );
}

/** Addresses of the web without what may be a secret in them: user and password, query and fragment. */
export function withoutAddressParts(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)([^\s"'<>`]*)/gi, (whole, scheme: string, rest: string) => {
    const [, authority = "", path = ""] = /^([^/?#]*)([^?#]*)/.exec(rest) ?? [];
    const host = authority.slice(authority.lastIndexOf("@") + 1);
    const kept = `${scheme}${host}${path}`;
    return kept === whole ? whole : `${kept}${/[.,;:)]$/.exec(whole)?.[0] ?? ""}`;
  });
}
