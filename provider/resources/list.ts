import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { createMembers, observedMembers, updateMembers } from "../core/wireMembers";
import { answerOf } from "../nylas/answer";
import { listProperties, type ListProperties } from "../properties/list";
import { isReadable } from "../nylas/readable";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { NotSettled, UserError } from "../core/failure";
import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { whoseLabel } from "../core/whose";
import { type List } from "../nylas/api";
import { brakeItemsText, brakeListText, brakesLookingInto, workspacesNaming } from "./othersBrakes";
import { digestOfItems, itemProblem, normalItem, normalItems, readItems } from "../properties/listItems";
import { applicationOwner, applicationScope, assertApplication, type Session, stillListed } from "./session";
import { theOnlyOne } from "./workspace";

export type ListInputs = CommonInputs & ListProperties;

/** A list with its items, where somebody looked: those of a list that declares none are not asked for. */
export interface ListWithItems {
  list: List;
  items: string[] | undefined;
}

export const list: Definition<ListInputs, ListWithItems, Session> = {
  type: "List",
  noun: "list",
  fields: (z) => fieldsOf(listProperties, z),
  inputs: inputHandlingOf<ListInputs>(listProperties, { items: normalItems }),
  identity: {
    key: (inputs) => inputs.name && inputs.type && `"${inputs.name}" of type ${inputs.type}`,

    async find(session, inputs, isReleasing) {
      const found = theOnlyOne(
        (await session.api.lists.list()).filter(
          ({ id, name, type }) => name === inputs.name && type === inputs.type && !isReleasing(id),
        ),
        "list",
        inputs.name,
      );
      return found && withItems(session, found, inputs);
    },
    scope: applicationScope,
    createdAt: ({ list }) => list.createdAt,
    whose: (context, { list }) => whoseLabel(context.label, list.name),
  },
  validation: {
    failures: validateItems,
    warnings: warnOfItems,
  },
  partialCreation: {
    isPartiallyCreated: ({ items }, inputs, differing) =>
      differing.every((key) => key === "items" || key === "itemsDigest") &&
      without(items ?? [], itemsOf(inputs) ?? []).length === 0,
    resumeCreate: (context, { list }, inputs) => fill(context, list, itemsOf(inputs)),
  },
  duplicates: {
    all: async ({ api }) => (await api.lists.list()).map((list) => ({ list, items: undefined })),
    duplicateKey: ({ list }) => `${list.type} ${list.name}`,
  },
  async get(session, id, outputs) {
    const found = await session.api.lists.get(id);
    return found && withItems(session, found, outputs);
  },
  gone: {
    isListed: (session, id) => stillListed(session, () => session.api.lists.list(), id),
  },
  async create(context, inputs) {
    // A file that cannot be read is found before there is a list.
    const wanted = itemsOf(inputs);
    const made = await context.session.api.lists.create({
      name: inputs.name!,
      type: inputs.type,
      members: createMembers(listProperties, inputs),
    });
    return fill(context, made, wanted);
  },
  async update(context, { id, olds, news, changed }) {
    const { session } = context;
    const fields = {
      ...(changed.has("name") ? { name: news.name! } : {}),
      members: updateMembers(listProperties, news, changed),
    };
    const wanted = changed.has("items") || changed.has("itemsDigest") ? itemsOf(news) : undefined;
    if (wanted !== undefined && isFirst(olds)) await assertKeepsOthersBrake(session, id, wanted);
    const updated = await session.api.lists.update(id, fields);
    return wanted === undefined ? withItems(session, updated, news) : fill(context, updated, wanted, olds);
  },
  deletionGuard: {
    // A rule that looks into it no longer holds for anybody, and what another stack has paused would send.
    async blocker({ session }, { list }) {
      const brakes = await brakesLookingInto(session, list.id);
      for (const rule of brakes) {
        const naming = await workspacesNaming(session, rule.id);
        if (naming.length > 0) return brakeListText(list, rule, naming);
      }
      return undefined;
    },
  },
  async delete({ session, log }, id) {
    // Rules of this program are gone before it; what others have is theirs, and only stops matching.
    const rules = await session.api.rules.list().catch(() => []);
    const naming = rules
      .filter(isReadable)
      .filter(({ conditions }) => conditions.some(({ inList }) => inList?.includes(id)));
    if (naming.length > 0) {
      await log(
        "warning",
        `list ${id} is deleted, and ${naming.map(({ name }) => `rule "${name}"`).join(", ")} still names it: what it held back or sorted comes through from then on.`,
      );
    }
    return session.api.lists.delete(id);
  },

  id: ({ list }) => list.id,
  describe: ({ list }) => `list "${list.name}" (id ${list.id})`,
  observed: ({ list, items }, declared) => ({
    type: list.type,
    name: list.name,
    ...observedMembers(listProperties, answerOf(list)),
    ...(items === undefined
      ? {}
      : declared?.itemsDigest === undefined
        ? { items: normalItems(items) }
        : { itemsDigest: digestOfItems(items) }),
  }),
  outputs: ({ list, items }) => ({
    itemsCount: items?.length ?? list.itemsCount,
    applicationId: list.applicationId,
  }),
  owner: {
    of: applicationOwner,
    assert: assertApplication,
  },
};

/** Whether the items have been somebody else's until now. */
function isFirst({ items, itemsDigest }: Partial<ListInputs>): boolean {
  return items === undefined && itemsDigest === undefined;
}

/** Throws where items go that others have put into the list, and that a rule keeps accounts from sending by. */
async function assertKeepsOthersBrake(session: Session, id: string, wanted: string[]): Promise<void> {
  const list = await session.api.lists.get(id);
  // One that is gone is an error of the write.
  if (list === undefined) return;
  const taken = without(await believedItems(session, list), wanted);
  if (taken.length === 0) return;
  for (const rule of await brakesLookingInto(session, id)) {
    const naming = await workspacesNaming(session, rule.id);
    if (naming.length > 0) throw new UserError(brakeItemsText(list, taken, rule, naming));
  }
}

/** What an item more means for mail. Which rules look into the list, Nylas alone can tell. */
function warnOfItems(olds: Partial<ListInputs>, news: ListInputs): string[] {
  const what = moreItems(olds, news);
  if (what === undefined) return [];
  const others =
    isFirst(olds) && olds.name !== undefined ? " What others have put into it until now is taken out." : "";
  return [
    `list "${news.name}": ${what}.${others} The rules that look into it hold for their mail from then on; what such a rule blocks never arrives, and what it ` +
      `marks as spam is kept for spamRetentionDays alone.`,
  ];
}

function moreItems(olds: Partial<ListInputs>, { items, itemsDigest }: ListInputs): string | undefined {
  if (itemsDigest !== undefined && itemsDigest !== olds.itemsDigest) return "other items";
  if (items === undefined) return undefined;
  if (holdsUnknown(items) || !Array.isArray(items)) return "other items";
  const before = Array.isArray(olds.items) ? normalItems(olds.items.map(String)) : [];
  const added = without(normalItems(items), before).length;
  return added === 0 ? undefined : `${added} item(s) more`;
}

/**
 * Brings the items to what is declared. The list stands already, so a failure is recorded together with it: with the
 * items that are there. Where nobody can see them, it is recorded with the items recorded before.
 */
async function fill(
  { session, log }: Context<Session>,
  made: List,
  wanted: string[] | undefined,
  { items, itemsDigest }: Partial<ListInputs> = {},
): Promise<ListWithItems> {
  if (wanted === undefined) return { list: made, items: undefined };
  const { lists } = session.api;
  try {
    const there = made.itemsCount === 0 ? [] : await lists.items(made.id);
    const add = without(wanted, there);
    const remove = without(there, wanted);
    if (add.length + remove.length > 1000) {
      await log("progress", `list "${made.name}": ${add.length} item(s) to add, ${remove.length} to remove`);
    }
    await lists.addItems(made.id, add);
    await lists.removeItems(made.id, remove);
    return { list: { ...made, itemsCount: wanted.length }, items: wanted };
  } catch (error) {
    const seen = await lists.items(made.id).catch(() => undefined);
    throw new NotSettled(
      { list: made, items: seen ?? [] } satisfies ListWithItems,
      `list "${made.name}" (id ${made.id}) exists, but its items are not all in place: ${(error as Error).message} The next pulumi up goes on.`,
      // None would be what is wanted, where a list is to be emptied.
      seen === undefined ? { items, itemsDigest } : {},
    );
  }
}

async function withItems(
  session: Session,
  found: List,
  declared: { items?: unknown; itemsDigest?: unknown },
): Promise<ListWithItems> {
  if (declared.items === undefined && declared.itemsDigest === undefined)
    return { list: found, items: undefined };
  return { list: found, items: await believedItems(session, found) };
}

/** Items as they stand. Fewer than the list itself counts are no drift, but a list that lags: what is missing would be taken away. */
async function believedItems({ api, clock }: Session, found: List): Promise<string[]> {
  let counted = found;
  for (let look = 1; ; look++) {
    const items = await api.lists.items(counted.id);
    if (items.length >= (counted.itemsCount ?? 0)) return items;
    if (look === 3) {
      throw new UserError(
        `Nylas counts ${counted.itemsCount} item(s) in list "${counted.name}" (id ${counted.id}) and shows ${items.length}. Nothing was changed; try again in a minute.`,
      );
    }
    await clock.sleep(2_000);
    counted = (await api.lists.get(counted.id)) ?? counted;
  }
}

function itemsOf(inputs: ListInputs): string[] | undefined {
  if (inputs.itemsFile === undefined) return inputs.items && normalItems(inputs.items);
  const items = readItems(inputs.itemsFile);
  if (digestOfItems(items) !== inputs.itemsDigest) {
    throw new UserError(
      `itemsFile: ${inputs.itemsFile} (in ${process.cwd()}) is not the file that the program read: its items differ. Nothing was changed; run pulumi up again.`,
    );
  }
  return normalItems(items);
}

function validateItems({ type, items, itemsFile, itemsDigest }: ListInputs): Failure[] {
  if (items !== undefined && itemsFile !== undefined) {
    return [
      {
        property: "itemsFile",
        reason:
          'itemsFile: given together with items; allowed: one of the two; for example itemsFile: "blocked.txt"',
      },
    ];
  }
  if (itemsFile !== undefined && typeof itemsDigest === "string" && itemsDigest.startsWith("itemsFile: "))
    return [{ property: "itemsFile", reason: itemsDigest }];
  if (itemsDigest !== undefined && itemsFile === undefined) {
    return [
      {
        property: "itemsDigest",
        reason:
          'itemsDigest: given without itemsFile, whose items it is of; allowed: no such line, the program makes it itself; for example itemsFile: "blocked.txt"',
      },
    ];
  }
  if (!Array.isArray(items) || holdsUnknown(type)) return [];
  return items.flatMap((item, i) => {
    const problem = holdsUnknown(item) ? undefined : itemProblem(type, item);
    return problem
      ? [
          {
            property: `items[${i}]`,
            reason: `items[${i}]: given ${show(item)}; allowed: in a list of type ${type}, ${problem.allowed}; for example ${problem.example}`,
          },
        ]
      : [];
  });
}

function without(items: string[], others: string[]): string[] {
  const there = new Set(others.map(normalItem));
  return items.map(normalItem).filter((item) => !there.has(item));
}
