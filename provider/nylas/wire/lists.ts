import * as z from "zod/mini";
import { type List } from "../api";
import { given, id, optionalNumber, optionalText, parse, single } from "./parts";

export function list(answer: unknown): Omit<List, "applicationId"> & { applicationId: string | undefined } {
  const wire = parse(listSchema, single(answer), "a list");
  return {
    id: wire.id,
    applicationId: given(wire.application_id),
    name: wire.name,
    description: given(wire.description),
    type: wire.type,
    itemsCount: wire.items_count ?? undefined,
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
  description: optionalText,
  type: z.enum(["domain", "tld", "address"]),
  items_count: optionalNumber,
  created_at: optionalNumber,
});

const itemSchema = z.looseObject({ value: z.string() });
