/**
 * What the texts in the state load: one export per resource type, each a dynamic provider. The path of this module and
 * the names of its exports are frozen: a state made by any release must find them here.
 */
import { type CommonInputs, type Definition } from "./lifecycle/definition";
import { DynamicProvider, type Host } from "./lifecycle/dynamicProvider";
import { Engine } from "./lifecycle/engine";
import { Memory } from "./lifecycle/memory";
import { connect, endWaits, stopWrites, underWay } from "./nylas/client";
import { readSettings } from "./nylas/credentials";
import { patiently } from "./nylas/lifetime";
import { account } from "./resources/account";
import { apiKey } from "./resources/apiKey";
import { defaultWorkspace } from "./resources/defaultWorkspace";
import { domain } from "./resources/domain";
import { domainRecords } from "./resources/domainRecords";
import { domainVerification } from "./resources/domainVerification";
import { list } from "./resources/list";
import { policy } from "./resources/policy";
import { principal } from "./resources/principal";
import { rule } from "./resources/rule";
import { type Session } from "./resources/session";
import { smokeTest } from "./resources/smokeTest";
import { webhook } from "./resources/webhook";
import { workspace } from "./resources/workspace";

const engine = new Engine(process.argv[2]);
const sessions = new Map<string, Session>();

const host: Host<Session> = {
  memory: new Memory(),
  running: 0,
  engine,
  pause: patiently,
  session(config, connection) {
    const known = sessions.get(connection ?? "");
    if (known) return known;
    const settings = readSettings(config, process.env, connection);
    const session = { settings, api: connect(settings) };
    sessions.set(connection ?? "", session);
    return session;
  },
};

underWay.report = (message) => void engine.say("info", message);

// At Ctrl-C the engine waits for what is under way: what only waits must not make it wait along.
engine.onInterrupted(endWaits);

// A killed engine leaves this process alive: what is under way is finished, nothing new is written, and the process ends.
engine.onLost((reason) => {
  stopWrites(reason);
  underWay.orphan();
  const end = performance.now() + 30_000;
  setInterval(() => {
    if (host.running === 0 || performance.now() > end) process.exit(1);
  }, 100);
});

export const Domain = provide(domain);
export const DomainRecords = provide(domainRecords);
export const DomainVerification = provide(domainVerification);
export const Workspace = provide(workspace);
export const DefaultWorkspace = provide(defaultWorkspace);
export const Policy = provide(policy);
export const AgentAccount = provide(account);
export const Rule = provide(rule);
export const List = provide(list);
export const Webhook = provide(webhook);
export const Principal = provide(principal);
export const ApiKey = provide(apiKey);
export const SmokeTest = provide(smokeTest);

function provide<Inputs extends CommonInputs, Remote>(
  definition: Definition<Inputs, Remote, Session>,
): DynamicProvider<Inputs, Remote, Session> {
  return new DynamicProvider(definition, host);
}
