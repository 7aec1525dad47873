/** What the native plugin serves. */
import type * as NativeComponents from "./components/native";
import { type CommonInputs, type Definition } from "./core/definition";
import { type KindTable } from "./core/propertyTable";
import { type Properties } from "./core/properties";
import { DEFINITIONS } from "./resources/definitions";
import { type PluginKind } from "./hosts/plugin/pluginResource";
import { type Provider } from "./hosts/plugin/provider";
import { type PluginPackage } from "./hosts/plugin/server";
import {
  configurationKey,
  environmentName,
  providerConnection,
  readSettings,
  type Settings,
} from "./nylas/credentials";
import { SECRET_SETTINGS, SETTING_NAMES } from "./nylas/settingNames";
import { TABLES } from "./properties";
import { digestOrProblem } from "./properties/listItems";
import { type ListType } from "./nylas/api";
import {
  lookUpAgentAccount,
  lookUpAgentAccounts,
  lookUpApplication,
  lookUpDomain,
  lookUpPolicy,
  lookUpWorkspace,
} from "./resources/lookups";
import { type Session } from "./resources/session";
import { serve } from "./serving";

/** By what an import finds an object, beside its id. */
const IMPORTED_BY: Readonly<Record<string, string>> = { AgentAccount: "email", Domain: "domainName" };

/** What the program's side does for a dynamic resource. */
const COMPLETED: Readonly<Record<string, (inputs: Properties) => Properties>> = {
  List: (inputs) => {
    const { itemsFile, type, itemsDigest } = inputs;
    if (typeof itemsFile !== "string" || itemsDigest !== undefined) return inputs;
    // What is wrong with these is for check to say.
    if (typeof type !== "string" || !["address", "domain", "tld"].includes(type)) return inputs;
    return { ...inputs, itemsDigest: digestOrProblem(itemsFile, type as ListType) };
  },
};

function kindOf(table: KindTable): PluginKind<Session> {
  const { type, properties, outputs, program, notImported, key } = table;
  const named = <T extends object>(all: Record<string, T>, is: (one: T) => boolean) =>
    Object.entries(all).flatMap(([name, one]) => (is(one) ? [name] : []));
  const complete = COMPLETED[type];
  return {
    load: DEFINITIONS[type as keyof typeof DEFINITIONS] as unknown as () => Definition<
      CommonInputs,
      unknown,
      Session
    >,
    outputs: Object.keys(outputs),
    secretInputs: named(properties, ({ secret }) => secret === true),
    secretOutputs: named(outputs, ({ secret }) => secret === true),
    required: named(properties, ({ required }) => required === true),
    timeoutInput: program?.timeout,
    importInput: IMPORTED_BY[type],
    isGuard: program?.isGuard === true,
    notImported,
    seenBy: { setting: key, variable: environmentName(key, undefined) },
    protectedBy: program?.isProtectable ? protectionIn : undefined,
    ...(complete ? { complete } : {}),
  };
}

function protectionIn({ settings }: Session): { source: string; variable: string } | undefined {
  const { protect, sources, connection } = settings;
  if (!protect) return undefined;
  return {
    source: sources.protect ?? configurationKey("protect", connection),
    variable: environmentName("protect", connection),
  };
}

/**
 * What an explicit provider is given counts for it, and its own variables before that. So a rotated key reaches a refresh of the provider
 * `eu` by NYLAS_EU_API_KEY. The ordinary variables are another application's. They count for the default provider, and for one that is given
 * nothing.
 */
function settingsOf(provider: Provider, connection: string | undefined): Settings {
  const { name } = provider;
  if (connection !== undefined || name === undefined)
    return readSettings((key) => provider.setting(key), process.env, connection);
  const own = providerConnection(name);
  const isGiven =
    provider.given.length > 0 || SETTING_NAMES.some((each) => process.env[environmentName(each, own)]);
  if (!isGiven) return readSettings(() => undefined, process.env);
  const ending = ` of the ${own}`;
  const get = (key: string) =>
    key.endsWith(ending) ? provider.argument(key.slice(0, -ending.length)) : undefined;
  return readSettings(get, process.env, own);
}

export const nylas: PluginPackage<Session> = {
  name: "nylas",
  // oxlint-disable-next-line typescript/no-require-imports
  version: (require("../package.json") as { version: string }).version,
  kinds: Object.fromEntries(Object.values(TABLES).map((table) => [table.type, kindOf(table)])),
  functions: {
    getApplication: async ({ api }) => ({ ...(await lookUpApplication(api)) }),
    getDomain: async ({ api }, args) => ({ ...(await lookUpDomain(api, args as { domainName: string })) }),
    getWorkspace: async ({ api }, args) => ({ ...(await lookUpWorkspace(api, args)) }),
    getPolicy: async ({ api }, args) => ({ ...(await lookUpPolicy(api, args)) }),
    getAgentAccount: async ({ api }, args) => ({ ...(await lookUpAgentAccount(api, args)) }),
    getAgentAccounts: async ({ api }, args) => ({ accounts: await lookUpAgentAccounts(api, args) }),
  },
  components: ["AgentDomain", "Tenant"],
  // oxlint-disable-next-line typescript/no-require-imports -- it loads the SDK
  construct: () => (require("./components/native") as typeof NativeComponents).construct,
  settings: SETTING_NAMES,
  secretSettings: SECRET_SETTINGS,
  // oxlint-disable-next-line typescript/no-require-imports -- whoever runs a program does not ask for it
  schema: () => JSON.stringify(require("../hosts/plugin/schema.json")),
  serve: (engine, address, provider) =>
    serve(engine, address, (_config, connection) => settingsOf(provider, connection)),
};
