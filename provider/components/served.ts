import type * as Accounts from "../classes/account";
import type * as ApiKeys from "../classes/apiKey";
import type * as Domains from "../classes/domain";
import type * as Records from "../classes/domainRecords";
import type * as Verifications from "../classes/domainVerification";
import type * as Lists from "../classes/list";
import type * as Policies from "../classes/policy";
import type * as Principals from "../classes/principal";
import type * as Rules from "../classes/rule";
import type * as SmokeTests from "../classes/smokeTest";
import type * as Workspaces from "../classes/workspace";
import { dynamicComponentToken } from "../hosts/dynamic/tokens";

/** What a component is made of: the classes of whichever host serves its children, each loaded where it is used. */
export interface Kinds {
  /** The component's own token: `nylas:index:AgentDomain`. */
  token(component: "AgentDomain" | "Tenant"): string;
  /** The component's token in the host that a program may come from. */
  formerToken?(component: "AgentDomain" | "Tenant"): string;
  readonly Account: typeof Accounts.AgentAccount;
  readonly ApiKey: typeof ApiKeys.NylasApiKey;
  readonly Domain: typeof Domains.NylasDomain;
  readonly DomainRecords: typeof Records.NylasDomainRecords;
  readonly DomainVerification: typeof Verifications.NylasDomainVerification;
  readonly List: typeof Lists.NylasList;
  readonly Policy: typeof Policies.NylasPolicy;
  readonly Principal: typeof Principals.NylasPrincipal;
  readonly Rule: typeof Rules.NylasRule;
  readonly SmokeTest: typeof SmokeTests.NylasSmokeTest;
  readonly Workspace: typeof Workspaces.NylasWorkspace;
}

/* oxlint-disable typescript/no-require-imports -- most programs use a few of them */
const DYNAMIC: Kinds = {
  token: dynamicComponentToken,
  get Account() {
    return (require("../classes/account") as typeof Accounts).AgentAccount;
  },
  get ApiKey() {
    return (require("../classes/apiKey") as typeof ApiKeys).NylasApiKey;
  },
  get Domain() {
    return (require("../classes/domain") as typeof Domains).NylasDomain;
  },
  get DomainRecords() {
    return (require("../classes/domainRecords") as typeof Records).NylasDomainRecords;
  },
  get DomainVerification() {
    return (require("../classes/domainVerification") as typeof Verifications).NylasDomainVerification;
  },
  get List() {
    return (require("../classes/list") as typeof Lists).NylasList;
  },
  get Policy() {
    return (require("../classes/policy") as typeof Policies).NylasPolicy;
  },
  get Principal() {
    return (require("../classes/principal") as typeof Principals).NylasPrincipal;
  },
  get Rule() {
    return (require("../classes/rule") as typeof Rules).NylasRule;
  },
  get SmokeTest() {
    return (require("../classes/smokeTest") as typeof SmokeTests).NylasSmokeTest;
  },
  get Workspace() {
    return (require("../classes/workspace") as typeof Workspaces).NylasWorkspace;
  },
};
/* oxlint-enable typescript/no-require-imports */

type Component = abstract new (...args: never[]) => object;

const served = new WeakMap<object, Kinds>();

/** Declares that the children of a component class are of these kinds. */
export function servedBy(component: Component, kinds: Kinds): void {
  served.set(component, kinds);
}

/** The kinds for the class that is constructed; a subclass has those of its parent. Dynamic resources where none are declared. */
export function kindsOf(component: Component): Kinds {
  for (
    let each: object | null = component;
    each !== null;
    each = Object.getPrototypeOf(each) as object | null
  ) {
    const kinds = served.get(each);
    if (kinds !== undefined) return kinds;
  }
  return DYNAMIC;
}
