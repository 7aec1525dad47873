/** What stands in an application, as the lists of the API show it: a page at a time, and nothing by itself. */
import { isReadable } from "../../nylas/readable";
import {
  type Application,
  type Domain,
  type Grant,
  type List,
  type NylasApi,
  type Policy,
  type Principal,
  type Rule,
  type Webhook,
  type Workspace,
} from "../../nylas/api";
import { hasDomainCredential, type Settings } from "../../nylas/credentials";
import { type Progress } from "../progress";
import { type Kind } from "./kinds";

export interface Fleet {
  application: Application;
  /** Undefined where there is no key to ask with. */
  domains: Domain[] | undefined;
  workspaces: Workspace[];
  policies: Policy[];
  rules: Rule[];
  lists: { list: List; items: string[] }[];
  /** Agent Accounts, and mailboxes that their owners have connected. */
  grants: Grant[];
  webhooks: Webhook[];
  /** Callers with keys of their own; undefined where they cannot be seen. */
  principals: Principal[] | undefined;
}

/** Reads all of it; the number of calls grows with the pages of the lists alone. */
export async function readFleet(
  api: NylasApi,
  settings: Settings,
  wanted: readonly Kind[],
  progress: Progress,
): Promise<Fleet> {
  progress.now("reading the application");
  const application = await api.application();
  const none = Promise.resolve(undefined);
  const asked = { done: 0 };
  const of = async <T>(what: string, asking: Promise<T>): Promise<T> => {
    const answer = await asking;
    asked.done++;
    progress.now(`reading ${what}: done; ${asked.done} of 7 kinds`);
    return answer;
  };
  // Nothing else refers to these: a key that may not see them can do without.
  const [domainsWanted, webhooksWanted] = [wanted.includes("domains"), wanted.includes("webhooks")];
  const [domains, workspaces, policies, rules, lists, grants, webhooks, principals] = await Promise.all([
    of("domains", domainsWanted && hasDomainCredential(settings) ? api.domains.list() : none),
    of("workspaces", api.workspaces.list()),
    of("policies", api.policies.list()),
    of("rules", api.rules.list()),
    of("lists", listsWithItems(api)),
    of("accounts", api.grants.list()),
    of("webhooks", webhooksWanted ? api.webhooks.list() : none),
    // They are only named: that this key may not see them is no reason to fail.
    settings.organizationKey ? api.principals.list().catch(() => undefined) : undefined,
  ]);
  return {
    application,
    domains: domains && inOrder(domains.filter(isReadable)),
    workspaces: inOrder(workspaces.filter(isReadable)),
    policies: inOrder(policies.filter(isReadable)),
    rules: inOrder(rules.filter(isReadable)),
    lists: lists.sort((a, b) => oldestFirst(a.list, b.list)),
    grants: grants
      .filter(isReadable)
      .sort((a, b) => (a.email < b.email ? -1 : a.email > b.email ? 1 : oldestFirst(a, b))),
    webhooks: [...(webhooks ?? [])].filter(isReadable).sort((a, b) => (a.id < b.id ? -1 : 1)),
    principals,
  };
}

async function listsWithItems(api: NylasApi): Promise<Fleet["lists"]> {
  const lists = await api.lists.list();
  return Promise.all(
    lists.map(async (list) => ({ list, items: list.itemsCount === 0 ? [] : await api.lists.items(list.id) })),
  );
}

/** The order in which names are given out: what comes later never changes the name of what was there. */
function inOrder<T extends { id: string; createdAt: number }>(objects: T[]): T[] {
  return [...objects].sort(oldestFirst);
}

function oldestFirst(a: { id: string; createdAt: number }, b: { id: string; createdAt: number }): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
}
