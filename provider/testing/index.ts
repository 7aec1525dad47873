/**
 * Unit tests of a program without an engine, a key or a network: mocks that answer as the provider would.
 *
 *     await pulumi.runtime.setMocks(mockNylas());
 */
import * as pulumi from "@pulumi/pulumi";
import { answerLookups, type LookupAnswers } from "../lookups";
import { answersOf, idOf } from "./answers";
import { type Values, checkerOf, type Kind, kindOf } from "./check";
import { lookupAnswers } from "./lookupAnswers";

export type { Kind, LookupAnswers };

/** A resource that the program under test has registered. */
export interface MockedResource {
  /** `AgentAccount`, `Policy`, …; undefined for a resource that is not one of this package. */
  kind: Kind | undefined;
  /** The type token, such as `cloudflare:index/dnsRecord:DnsRecord`. */
  type: string;
  /** The name in the program. */
  name: string;
  /** The arguments, with the provider's defaults in them. What is not known in a preview is left out. */
  inputs: Readonly<Record<string, unknown>>;
  /** Of a resource that is looked up with `.get()`: the id that was asked for. */
  id?: string;
}

/** What {@link mockNylas} answers otherwise than it would. All are optional. */
export interface MockNylasOptions {
  /**
   * Outputs that win over those made up, for one resource at a time: `({ name }) => name === "agents" ? { status: "lost" } : undefined`.
   * `id` among them is the id of the resource. Default: none.
   */
  outputs?: (resource: MockedResource) => Record<string, unknown> | undefined;
  /** Whether domains are verified. Default: true, but for one that the program does not wait for (`wait: false`, `zoneFile()`). */
  verified?: boolean;
  /**
   * Answers for resources and functions that are not of this package, such as DNS records and random passwords. Default: the id
   * `NAME-id`, with the inputs as outputs.
   */
  others?: Partial<pulumi.runtime.Mocks>;
  /** Answers of `getDomain`, `getWorkspace` and the other look-ups. Default: an object that fits the arguments; no accounts. */
  lookups?: LookupAnswers;
}

/** Mocks for `pulumi.runtime.setMocks`, and what the program has registered under them. */
export interface NylasMocks extends pulumi.runtime.Mocks {
  newResource(args: pulumi.runtime.MockResourceArgs): Promise<pulumi.runtime.MockResourceResult>;
  call(args: pulumi.runtime.MockCallArgs): Promise<pulumi.runtime.MockCallResult>;
  /** Everything that was registered so far, components too, in the order of the registrations. */
  readonly resources: readonly MockedResource[];
  /** Waits until everything that the program has declared so far is registered. Throws where arguments are wrong, as a preview does. */
  settled(): Promise<void>;
  /** All resources of a kind. Throws where arguments are wrong. */
  all(kind: Kind): MockedResource[];
  /** The resource of this kind and name; throws where the program has none. */
  find(kind: Kind, name: string): MockedResource;
}

/**
 * Makes mocks for `pulumi.runtime.setMocks` that answer as the provider would: ids, addresses, DNS records and statuses, the same in each
 * run, without a network. Arguments are checked as in a preview; `settled`, `all` and `find` throw the provider's message for wrong ones.
 *
 * ```ts
 * const mocks = mockNylas();
 * await pulumi.runtime.setMocks(mocks, "project", "stack");
 * const program = require("./index");
 * await mocks.settled();
 * assert.equal(mocks.find("AgentAccount", "scheduling").inputs.email, "scheduling@agents.example.com");
 * ```
 *
 * Set them before the program is loaded. Each call starts anew, with nothing registered.
 */
export function mockNylas(options: MockNylasOptions = {}): NylasMocks {
  const resources: MockedResource[] = [];
  const check = checkerOf();
  answerLookups({ ...lookupAnswers, ...options.lookups });
  // A registration that failed would be waited for without an end.
  const failures: string[] = [];
  const assertRight = () => {
    if (failures.length > 0) throw new Error(failures.join("\n"));
  };
  const all = (kind: Kind) => {
    assertRight();
    return resources.filter((resource) => resource.kind === kind);
  };
  return {
    resources,
    all,
    async settled() {
      await waitForRegistrations();
      assertRight();
    },
    find(kind, name) {
      const found = all(kind).find((resource) => resource.name === name);
      if (found) return found;
      const names = all(kind).map((resource) => JSON.stringify(resource.name));
      throw new Error(
        `The program has no ${kind} named ${JSON.stringify(name)}; it has ${names.length > 0 ? names.join(", ") : "none"}.`,
      );
    },
    async newResource(args) {
      const { type, name } = args;
      const kind = kindOf(type);
      const given = args.inputs as Values;
      const isLookedUp = args.id !== undefined && args.id !== "";
      const checked = kind && !isLookedUp ? await check(kind, given, name) : { inputs: given, failures: [] };
      failures.push(...checked.failures);
      const { inputs } = checked;
      const resource: MockedResource = {
        kind,
        type,
        name,
        inputs,
        ...(isLookedUp ? { id: args.id! } : {}),
      };
      resources.push(resource);
      const { id: ownId, ...own } = options.outputs?.(resource) ?? {};
      if (!kind) {
        const other = (await options.others?.newResource?.(args)) ?? { id: `${name}-id`, state: inputs };
        return { ...other, state: { ...(other.state as Values), ...own } };
      }
      const id = isLookedUp ? args.id! : typeof ownId === "string" ? ownId : idOf(kind, name, inputs);
      // What is wrong is said by whoever looks; nothing can be made of it.
      const answered = checked.failures.length > 0 ? {} : answersOf(kind, id, inputs, options.verified);
      return { id, state: { ...inputs, ...answered, ...own } };
    },
    async call(args) {
      return ((await options.others?.call?.(args)) ?? args.inputs) as pulumi.runtime.MockCallResult;
    },
  };
}

/** The SDK counts the registrations under way, for its own end. */
function waitForRegistrations(): Promise<void> {
  return (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}
