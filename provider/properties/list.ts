import { kindTable, table, type InputsOf } from "../core/propertyTable";
import { choice, list, text } from "../core/types";
import { applicationId, description, name } from "./shared";

export const listProperties = table({
  type: {
    type: choice(["domain", "tld", "address"], '"domain", "tld" or "address"', "ListType"),
    example: '"domain"',
    text: "What its items are.",
    required: true,
    whenChanged: { replaces: "the list; rules that name it move to the new one by an update each." },
    api: "`type`",
    output: true,
    isReviewed: true,
  },
  name: name('"Blocked domains"'),
  description,
  items: {
    type: list(text("a text"), "a list of texts"),
    example: '["spam.example"]',
    text: "The items, as a set: order, case and blanks around them do not count.",
    whenChanged: {
      inPlace:
        ": only what is new is added and only what is gone removed. Left out (with no `itemsFile` either): the items are somebody else's, and never touched. An empty list empties it.",
    },
    api: "`POST` and `DELETE /v3/lists/{id}/items`",
    output: true,
    isReviewed: true,
  },
  // What counts of a file is what is in it.
  itemsFile: {
    type: text("the path of a text file", { checks: (z) => [z.minLength(1)] }),
    example: '"blocked.txt"',
    text: "A text file with the items, one to a line, relative to the program's folder. Empty lines and lines with # do not count. It is for lists too large for the state, which then holds only a digest.",
    isDirective: true,
    isReviewed: true,
  },
  itemsDigest: {
    type: text("the digest of itemsFile, which the program makes itself", /^([0-9a-f]{64}|itemsFile: [^]*)$/),
    example: 'itemsFile: "blocked.txt", and no such line',
    text: "Of the items, where they come from a file.",
    isInternal: true,
    output: true,
    isReviewed: true,
  },
});

export type ListProperties = InputsOf<typeof listProperties>;

export const listKind = kindTable({
  type: "List",
  className: "NylasList",
  listedAfter: "Rule",
  text: "A list of addresses, domains or top-level domains that conditions of rules look into (`inList`). Deleting it deletes its items; conditions that still name it no longer match. Items that are declared for the first time replace all that others have put into it. This is refused while a rule keeps accounts from sending by one of those.",
  api: {
    title: "Lists",
    address: "https://developer.nylas.com/docs/v3/agent-accounts/policies-rules-lists/",
  },
  properties: listProperties,
  outputs: {
    itemsCount: { type: { text: "number" }, shape: { kind: "integer" }, text: "How many items Nylas has." },
    applicationId,
  },
  get: { what: "A list", by: "its id" },
  adopt: {
    text: "Take over a list that exists already (by name and type): true, or its id. Nothing is written then.",
  },
  key: "apiKey",
  review: { section: "policies", noun: "list", sameBy: ["name", "type"], isFoundByLikeness: true },
  program: { arguments: { name: "withDigest", from: "classes/listDigest" } },
});
