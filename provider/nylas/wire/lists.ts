import * as z from "zod/mini";
import { type List, type ListType } from "../api";
import { ANSWER } from "../answer";
import { OWNED, type Members } from "./members";
import { count, given, id, moment, optionalText, parse, single } from "./parts";

export function list(answer: unknown): Omit<List, "applicationId"> & { applicationId: string | undefined } {
  const wire = parse(listSchema, single(answer), "a list");
  return {
    [ANSWER]: wire,
    id: wire.id,
    applicationId: given(wire.application_id),
    name: wire.name,
    // What this release does not know passes as it is: it differs from whatever is declared.
    type: wire.type as ListType,
    itemsCount: wire.items_count,
    createdAt: wire.created_at ?? 0,
  };
}

/** The value of one item of a list. */
export function listItem(item: unknown): string {
  return parse(itemSchema, item, "an item of a list").value;
}

const listSchema = z.looseObject({
  id,
  application_id: optionalText,
  name: z.string(),
  type: id,
  items_count: count,
  created_at: moment,
});

const itemSchema = z.looseObject({ value: z.string() });

/** The members that this release knows, those that it makes no use of included. */
export const listMembers = {
  "a list": {
    id: "text",
    name: "text",
    description: "text",
    type: ["domain", "tld", "address"],
    items_count: "number",
    ...OWNED,
  },
  "an item of a list": { id: "text", list_id: "text", value: "text", created_at: "moment" },
} as const satisfies Record<string, Members>;
