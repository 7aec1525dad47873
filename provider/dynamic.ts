/**
 * What the texts in the state load: one export per resource type, each a dynamic provider. The path of this module and
 * the names of its exports are frozen: a state made by any release must find them here.
 */
import { type CommonInputs, type Definition } from "./core/definition";
import { DEFINITIONS } from "./resources/definitions";
import { DynamicProvider } from "./hosts/dynamic/dynamicProvider";
import { Engine } from "./hosts/dynamic/engine";
import { type Session } from "./resources/session";
import { serve } from "./serving";

const engine = new Engine(process.argv[2]);
const { runtime, interrupt } = serve(engine, process.argv[2]);
engine.onInterrupted(interrupt);

// Made by `npm run generate` from provider/properties/, down to the end of the kinds.
export const Domain = provide(DEFINITIONS.Domain);
export const DomainRecords = provide(DEFINITIONS.DomainRecords);
export const DomainVerification = provide(DEFINITIONS.DomainVerification);
export const Workspace = provide(DEFINITIONS.Workspace);
export const DefaultWorkspace = provide(DEFINITIONS.DefaultWorkspace);
export const Policy = provide(DEFINITIONS.Policy);
export const AgentAccount = provide(DEFINITIONS.AgentAccount);
export const Rule = provide(DEFINITIONS.Rule);
export const List = provide(DEFINITIONS.List);
export const Webhook = provide(DEFINITIONS.Webhook);
export const SmokeTest = provide(DEFINITIONS.SmokeTest);
export const Principal = provide(DEFINITIONS.Principal);
export const ApiKey = provide(DEFINITIONS.ApiKey);
// The end of the kinds.

function provide<Inputs extends CommonInputs, Remote>(
  load: () => Definition<Inputs, Remote, Session>,
): DynamicProvider<Inputs, Remote, Session> {
  return new DynamicProvider(load, runtime);
}
