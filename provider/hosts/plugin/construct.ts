/** Components for programs in other languages. Loaded with the first one: the SDK is most of what a process needs. */
import * as pulumi from "@pulumi/pulumi";
import { InputPropertiesError } from "@pulumi/pulumi/proto/errors_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { shown } from "../../shown";
import { StatusError } from "./statusError";

/** Makes a component, with the SDK. `kind` is the name in its token. */
export type Construct = (
  kind: string,
  name: string,
  inputs: pulumi.Inputs,
  options: pulumi.ComponentResourceOptions,
) => Promise<{ urn: pulumi.Input<string>; state: pulumi.Inputs }>;

// What the SDK has for this and declares in no public place. The bundle holds the version that this was written for.
/* oxlint-disable typescript/no-require-imports */
const { deserializeInputs } = require("@pulumi/pulumi/provider/server") as {
  deserializeInputs(inputs: Struct | undefined, dependencies: unknown): Promise<pulumi.Inputs>;
};
const { withLocalStorage } = require("@pulumi/pulumi/runtime/state") as {
  withLocalStorage<T>(run: () => T): T;
};
const settings = require("@pulumi/pulumi/runtime/settings") as {
  resetOptions(...options: unknown[]): void;
  awaitFeatureSupport(): Promise<void>;
  waitForRPCs(): Promise<void>;
};
const { serializeResourceProperties } = require("@pulumi/pulumi/runtime/rpc") as {
  serializeResourceProperties(
    label: string,
    values: pulumi.Inputs,
  ): Promise<[Record<string, never>, Map<string, Set<pulumi.Resource>>]>;
};
/* oxlint-enable typescript/no-require-imports */

/** Where the components of this process belong to. */
export interface Place {
  packageName: string;
  /** The engine's. */
  address: string | undefined;
  /** The reference of the provider that this process serves. Its children would start another one without it. */
  self: string;
}

const underWay = new Set<(reason: unknown) => void>();
let watched = false;

/** What fails in a child fails in nobody's hands: the SDK lets go of it. Node would end the process. */
function watchFailures(): void {
  if (watched) return;
  watched = true;
  process.on("unhandledRejection", (reason) => {
    for (const fail of underWay) fail(reason);
  });
}

/** The answer to a request for a component. Each has a store of its own in the SDK, so several are made at a time. */
export function constructed(
  request: messages.ConstructRequest,
  place: Place,
  construct: Construct,
): Promise<messages.ConstructResponse> {
  watchFailures();
  return new Promise((done, failed) => {
    underWay.add(failed);
    withLocalStorage(() => made(request, place, construct))
      .then(done, failed)
      .finally(() => underWay.delete(failed));
  });
}

async function made(
  request: messages.ConstructRequest,
  place: Place,
  construct: Construct,
): Promise<messages.ConstructResponse> {
  settings.resetOptions(
    request.getProject(),
    request.getStack(),
    request.getParallel(),
    place.address,
    request.getMonitorendpoint(),
    request.getDryrun(),
    request.getOrganization(),
  );
  await settings.awaitFeatureSupport();
  const config = Object.fromEntries(request.getConfigMap().entries() as Iterable<[string, string]>);
  pulumi.runtime.setAllConfig(config, request.getConfigsecretkeysList());
  const [type, name] = [request.getType(), request.getName()];
  const inputs = await deserializeInputs(request.getInputs(), request.getInputdependenciesMap());
  const kind = type.slice(type.lastIndexOf(":") + 1);
  const { urn, state } = await construct(kind, name, inputs, optionsOf(request, place));
  const [values, dependencies] = await serializeResourceProperties(`construct(${type}, ${name})`, state);
  const answer = new messages.ConstructResponse()
    .setUrn(await urnText(urn))
    .setState(Struct.fromJavaScript(values));
  for (const [key, resources] of dependencies) {
    const urns = await Promise.all([...resources].map((resource) => urnText(resource.urn)));
    answer
      .getStatedependenciesMap()
      .set(key, new messages.ConstructResponse.PropertyDependencies().setUrnsList(urns));
  }
  await settings.waitForRPCs();
  return answer;
}

function urnText(urn: pulumi.Input<string>): Promise<string> {
  return (pulumi.output(urn) as unknown as { promise(): Promise<string> }).promise();
}

/** The options that a program gave to the component. */
function optionsOf(
  request: messages.ConstructRequest,
  { packageName, self }: Place,
): pulumi.ComponentResourceOptions {
  const references = new Map(request.getProvidersMap().entries() as Iterable<[string, string]>);
  if (!references.has(packageName)) references.set(packageName, self);
  const providers = Object.fromEntries(
    [...references].map(([name, reference]) => [name, new pulumi.DependencyProviderResource(reference)]),
  );
  const timeouts = request.getCustomtimeouts();
  const given = Object.entries({
    create: timeouts?.getCreate(),
    update: timeouts?.getUpdate(),
    delete: timeouts?.getDelete(),
  }).filter(([, duration]) => duration);
  const deletedWith = request.getDeletedwith();
  return {
    aliases: request.getAliasesList().map(aliasOf),
    dependsOn: request.getDependenciesList().map((urn) => new pulumi.DependencyResource(urn)),
    providers,
    ...(request.getProtect() && { protect: true }),
    ...(request.getParent() && { parent: new pulumi.DependencyResource(request.getParent()) }),
    ...(request.getIgnorechangesList().length > 0 && { ignoreChanges: request.getIgnorechangesList() }),
    ...(request.getReplaceonchangesList().length > 0 && {
      replaceOnChanges: request.getReplaceonchangesList(),
    }),
    ...(given.length > 0 && { customTimeouts: Object.fromEntries(given) as pulumi.CustomTimeouts }),
    ...(request.getRetainondelete() && { retainOnDelete: true }),
    ...(deletedWith !== "" && { deletedWith: new pulumi.DependencyResource(deletedWith) }),
  };
}

function aliasOf(
  alias: ReturnType<messages.ConstructRequest["getAliasesList"]>[number],
): pulumi.Input<pulumi.URN | pulumi.Alias> {
  if (alias.hasUrn()) return alias.getUrn();
  const spec = alias.getSpec();
  if (spec === undefined) return {};
  const parts = Object.entries({
    name: spec.getName(),
    type: spec.getType(),
    project: spec.getProject(),
    stack: spec.getStack(),
    parent: spec.hasParenturn() ? spec.getParenturn() : undefined,
  }).filter(([, part]) => part);
  const named = Object.fromEntries(parts) as pulumi.Alias;
  return spec.hasNoparent() && spec.getNoparent() ? { ...named, parent: pulumi.rootStackResource } : named;
}

/** A failure as the engine shows it: one of an argument beside its property. */
export function failureOf(error: unknown): unknown {
  if (!pulumi.InputPropertyError.isInstance(error)) return error;
  const { propertyPath } = error;
  const reason = shown(error.reason);
  const one = new InputPropertiesError.PropertyError().setPropertyPath(propertyPath).setReason(reason);
  const detail = new InputPropertiesError().setErrorsList([one]);
  return new StatusError(`${propertyPath}: ${reason}`, "pulumirpc.InputPropertiesError", detail);
}
