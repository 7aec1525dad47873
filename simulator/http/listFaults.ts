import { type Answer, type Json } from "../model/exchange.js";
import { OF_LISTS, type Fault, type Faults } from "./faults.js";
import { FROM_THE_START } from "./paging.js";

/** Whether a fault lets the request through and changes the list in its answer. */
export function isOfLists(fault: Fault): boolean {
  return (OF_LISTS as readonly string[]).includes(fault.kind);
}

/** Takes out of a list what a fault holds back. */
export function withhold(faults: Faults, fault: Fault, answer: Answer): void {
  const body = answer.body as { data?: unknown } | undefined;
  const inner = body?.data as { items?: unknown } | undefined;
  const items = Array.isArray(body?.data) ? body.data : inner?.items;
  if (!Array.isArray(items)) return;
  const left = remaining(faults, fault, items as Json[]);
  answer.body = {
    ...body,
    data: Array.isArray(body?.data) ? left : { ...inner, items: left },
    ...(fault.kind === "cursor" ? { next_cursor: FROM_THE_START } : {}),
  };
  if (fault.kind === "empty") delete (answer.body as Json).next_cursor;
}

function remaining(faults: Faults, fault: Fault, items: Json[]): Json[] {
  switch (fault.kind) {
    case "stale":
      return items.filter((item) => faults.knows(fault, String(item.id ?? item.workspace_id)));
    case "short":
      return items.slice(0, Math.floor(items.length / 2));
    case "repeat":
      return items;
    default:
      return [];
  }
}
