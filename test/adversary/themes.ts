/**
 * Kinds of trouble. Each draws a world and brings it near one kind. Everything about it is drawn: which components,
 * adapters, zones, flags, options, how much mail, and what happens before and after. The walk draws without any aim.
 */
import { type Random } from "../faults/random";
import {
  drawFleet,
  type Fleet,
  some,
  withDomain,
  withMovedDomain,
  withoutAccount,
  withoutDomain,
  withRenamed,
} from "./fleets";
import { type Item, type Program } from "./program";
import { type Flags, type Step, type Word, ZONES } from "./scenario";
import { LATER_THEMES } from "./themesLater";
import { walk } from "./walk";

export interface Theme {
  name: string;
  /** Default 1. */
  weight?: number;
  engineOnly?: boolean;
  draw(random: Random): { steps: Step[]; served?: string[] };
}

export const STACK = "staging";

export function up(
  program: Program,
  flags: Flags = {},
  more: Partial<Extract<Step, { do: "up" }>> = {},
): Step {
  return { do: "up", stack: STACK, flags, program, ...more };
}

/** Brings a fleet into being; one with an address that waits for nothing takes two runs. */
export function begin(
  { program, hasLiteral }: Fleet,
  flags: Flags = {},
  more: Partial<Extract<Step, { do: "up" }>> = {},
): Step[] {
  const first = hasLiteral ? [up(program, { ...flags, continueOnError: true }, more)] : [];
  return [...first, up(program, flags, more)];
}

export function destroy(flags: Flags = {}, more: Partial<Extract<Step, { do: "destroy" }>> = {}): Step {
  return { do: "destroy", stack: STACK, flags, ...more };
}

/** Flags of a destroy, as people type them. */
export function destroyFlags(random: Random): Flags {
  return {
    ...(random.chance(0.5) ? { skipPreview: true } : {}),
    ...(random.chance(0.4) ? { continueOnError: true } : {}),
    ...(random.chance(0.15) ? { refresh: true } : {}),
  };
}

export function upFlags(random: Random): Flags {
  return {
    ...(random.chance(0.2) ? { skipPreview: true } : {}),
    ...(random.chance(0.3) ? { continueOnError: true } : {}),
    ...(random.chance(0.1) ? { refresh: true } : {}),
  };
}

/** What may happen in between and changes nothing. */
export function idle(random: Random, program: Program): Step[] {
  if (random.chance(0.1)) return [{ do: "refresh", stack: STACK, flags: {} }];
  return random.chance(0.1) ? [up(program)] : [];
}

/** All of it goes, or one domain, or only part of it. */
function taking(random: Random, { program, domains }: Fleet): Step {
  const domain = random.pick(domains);
  const how = random.below(domains.length > 1 ? 3 : 2);
  if (how === 0)
    return destroy(destroyFlags(random), random.chance(0.2) ? { program, flags: { runProgram: true } } : {});
  if (how === 2 || random.chance(0.5)) return up(withoutDomain(program, domain.domainName), upFlags(random));
  return destroy(destroyFlags(random));
}

function stranger(random: Random, { domains }: Fleet, application: "first" | "second"): Step {
  const { domainName } = random.pick(domains);
  return {
    do: "account",
    email: `foreign${random.below(9)}@${domainName}`,
    application,
    mail: random.below(3),
  };
}

function withoutAccounts(fleet: Fleet): Fleet {
  const program = fleet.addresses.reduce(withoutAccount, fleet.program);
  return { ...fleet, program, addresses: [], hasLiteral: false };
}

function withForceDestroy(fleet: Fleet): Fleet {
  const change = (program: Program, { domainName }: { domainName: string }) =>
    withDomain(program, domainName, (args) => ({ ...args, forceDestroy: true }));
  return { ...fleet, program: fleet.domains.reduce(change, fleet.program) };
}

/** Of a paused tenant: an account that is taken out and may stay for its mail, and one that is put into its workspace. */
function pausedTenant(random: Random): { steps: Step[] } {
  const shape = random.pick(["tenant", "shared"] as const);
  const fleet = drawFleet(random, { paused: true, shape, aliases: 2 });
  const address = random.pick(fleet.addresses);
  const tenant = fleet.program.find(({ kind }) => kind === "Tenant")!;
  const guest: Item = {
    kind: "AgentAccount",
    name: "guest",
    args: {
      email: `guest@${fleet.domains[0]!.domainName}`,
      workspaceId: { $ref: tenant.name, prop: "workspaceId" },
    },
  };
  const less = withoutAccount(fleet.program, address);
  const more = [...fleet.program, guest];
  const taken = [mail(random), up(less, upFlags(random)), ...(random.chance(0.5) ? [up(less)] : [])];
  const put = [up(more, upFlags(random)), mail(random), ...(random.chance(0.5) ? [up(fleet.program)] : [])];
  return { steps: [...begin(fleet), ...(random.chance(0.5) ? taken : put)] };
}

const mail = (random: Random): Step => ({ do: "mail", to: "everybody", count: 1 + random.below(3) });

export const THEMES: Theme[] = [
  {
    name: "someone else lives there",
    draw(random) {
      const fleet = drawFleet(random, { domains: 1 + random.below(2) });
      const seen = stranger(random, fleet, "first");
      return {
        steps: [
          ...begin(fleet, upFlags(random)),
          seen,
          ...idle(random, fleet.program),
          taking(random, fleet),
        ],
      };
    },
  },
  {
    name: "another application lives there",
    draw(random) {
      const fleet = drawFleet(random);
      const hidden = stranger(random, fleet, "second");
      return { steps: [...begin(fleet), hidden, ...idle(random, fleet.program), taking(random, fleet)] };
    },
  },
  {
    name: "full mailboxes",
    draw(random) {
      if (random.chance(0.4)) return pausedTenant(random);
      const fleet = drawFleet(random, { domains: 1 + random.below(2) });
      return {
        steps: [
          ...begin(fleet, upFlags(random)),
          mail(random),
          ...idle(random, fleet.program),
          taking(random, fleet),
        ],
      };
    },
  },
  {
    name: "protection",
    draw(random) {
      const drawn = drawFleet(random, { literal: random.chance(0.4) });
      // A word is for the day on which the protection is taken off.
      const whole = random.chance(0.5) ? withForceDestroy(drawn) : drawn;
      // Nothing of the program says that a stranger needs the records.
      const isEmpty = random.chance(0.7);
      const fleet = isEmpty ? withoutAccounts(whole) : whole;
      const lodger = isEmpty || random.chance(0.3) ? stranger(random, fleet, "first") : undefined;
      const protectedBy = { "nylas:protect": "true" };
      const flags = random.chance(0.5) ? { excludeProtected: true } : { skipPreview: true };
      const more = random.chance(0.4) ? { continueOnError: true } : {};
      const config = random.chance(0.9) ? { config: protectedBy } : {};
      const program = config.config
        ? fleet.program
        : fleet.program.map((item) => ({ ...item, options: { ...item.options, protect: true } }));
      return {
        steps: [
          ...begin({ ...fleet, program }, {}, config),
          ...(lodger ? [lodger] : []),
          ...(random.chance(0.6) ? [mail(random)] : []),
          destroy({ ...flags, ...more }, config),
        ],
      };
    },
  },
  {
    name: "a lagging list of messages",
    draw(random) {
      const fleet = drawFleet(random);
      const address = random.pick(fleet.addresses);
      const count = random.pick([1, 2, 60, 120]);
      const going = random.chance(0.5)
        ? up(withoutAccount(fleet.program, address), upFlags(random))
        : destroy(destroyFlags(random));
      return {
        steps: [
          ...begin(fleet),
          {
            do: "fault",
            fault: {
              kind: "stale",
              method: "GET",
              path: "/v3/grants/[^/]+/messages",
              times: 1,
              skip: random.below(2),
            },
          },
          { do: "mail", to: random.chance(0.5) ? "everybody" : address, count },
          going,
        ],
      };
    },
  },
  {
    name: "a lagging list of accounts",
    draw(random) {
      const fleet = drawFleet(random);
      const lag: Step = {
        do: "fault",
        fault: {
          kind: "stale",
          method: "GET",
          path: "^/v3/grants/?$",
          times: 1 + random.below(2),
          skip: random.below(2),
        },
      };
      return { steps: [...begin(fleet), lag, stranger(random, fleet, "first"), taking(random, fleet)] };
    },
  },
  {
    name: "a word taken back",
    draw(random) {
      const fleet = drawFleet(random);
      const address = random.pick(fleet.addresses);
      const words: Word[] = [{ kind: "account", object: address }];
      const recorded = up(fleet.program, {}, { configWords: words });
      const later = random.chance(0.3) ? [up(fleet.program)] : [];
      const going = random.chance(0.75)
        ? destroy(destroyFlags(random))
        : up(withoutAccount(fleet.program, address), upFlags(random));
      return {
        steps: [
          ...(fleet.hasLiteral || random.chance(0.5) ? begin(fleet) : []),
          recorded,
          mail(random),
          ...later,
          going,
        ],
      };
    },
  },
  {
    name: "words without a kind",
    draw(random) {
      const fleet = drawFleet(random);
      const { domainName } = random.pick(fleet.domains);
      const names = random.chance(0.6) ? [domainName] : ["Acme, Inc", "Acme"];
      const spaces: Program = names.map((name, n) => ({
        kind: "NylasWorkspace",
        name: `space-${n}`,
        args: { name },
      }));
      const program = [...fleet.program, ...spaces];
      const words: Word[] = [{ kind: "workspace", object: `$id:${names[0]}` }];
      const given = random.chance(0.7) ? { words } : { configWords: words };
      const lodger: Step = {
        do: "account",
        email: `lodger@${domainName}`,
        application: "first",
        mail: 1 + random.below(2),
        ...(names.length > 1 ? { workspace: "Acme" } : {}),
      };
      const going = random.chance(0.5)
        ? destroy(destroyFlags(random), given)
        : up(
            names.length > 1 ? fleet.program : withoutDomain(fleet.program, domainName),
            upFlags(random),
            given,
          );
      return { steps: [...begin({ ...fleet, program }), lodger, going] };
    },
  },
  {
    name: "a rename after our messages",
    draw(random) {
      const fleet = drawFleet(random, { shape: random.pick(["flat", "shared", "tenant"] as const) });
      const { domainName } = fleet.domains[0]!;
      const renamed = random.chance(0.6)
        ? withMovedDomain(fleet.program, domainName, "renamed")
        : withRenamed(fleet.program, fleet.domains[0]!.item, "renamed", false);
      const adoptRecords = random.chance(0.9);
      const followed = withDomain(renamed, domainName, (args) => ({
        ...args,
        follow: true,
        dns: { ...args.dns, ...(adoptRecords ? { adoptRecords } : {}) },
      }));
      return {
        steps: [
          ...begin(fleet),
          ...(random.chance(0.5) ? [mail(random)] : []),
          ...(random.chance(0.5) ? [up(renamed)] : []),
          up(followed, upFlags(random)),
          ...(random.chance(0.5) ? [up(followed)] : []),
        ],
      };
    },
  },
  {
    name: "another vendor or zone",
    draw(random) {
      const zone = random.chance(0.6) ? "sub.example.com" : random.pick(ZONES);
      const fleet = drawFleet(random, { zone });
      const { domainName } = fleet.domains[0]!;
      const elsewhere = random.chance(0.35)
        ? ({ adapter: "zoneFile" } as const)
        : ({
            adapter: random.pick(["cloudflare", "route53"] as const),
            zone:
              zone === "sub.example.com"
                ? "example.com"
                : random.pick(ZONES.filter((each) => domainName.endsWith(`.${each}`))),
          } as const);
      const moved = withDomain(fleet.program, domainName, (args) => ({
        ...args,
        dns: elsewhere,
        ...(random.chance(0.5) ? { wait: false } : {}),
      }));
      const config = random.chance(0.3) ? { config: { "nylas:protect": "true" } } : {};
      return {
        steps: [
          ...begin(fleet, {}, config),
          ...(random.chance(0.7) ? [mail(random)] : [stranger(random, fleet, "first")]),
          up(moved, upFlags(random), config),
          ...(random.chance(0.5) ? [up(moved, {}, config)] : []),
        ],
      };
    },
  },
  {
    name: "import and destroy",
    draw(random) {
      const adapter = random.pick(["cloudflare", "cloudflare", "route53"] as const);
      const drawn = drawFleet(random, { adapter, shape: random.pick(["flat", "shared"] as const) });
      // An import leaves out what bears the default name of another stack.
      const { domainName } = drawn.domains[0]!;
      const program = withDomain(drawn.program, domainName, (args) => ({ ...args, name: "Agents" }));
      const fleet = { ...drawn, program };
      return {
        steps: [
          ...begin(fleet, {}, { stack: "made" }),
          ...(random.chance(0.5)
            ? [mail(random)]
            : [stranger(random, fleet, random.pick(["first", "second"] as const))]),
          { do: "import", stack: STACK, vendor: adapter },
          ...(random.chance(0.2) ? [{ do: "refresh", stack: STACK, flags: {} } as Step] : []),
          destroy({ ...destroyFlags(random), ...(random.chance(0.2) ? { excludeProtected: true } : {}) }),
        ],
      };
    },
  },
  ...LATER_THEMES,
  { name: "a walk", weight: 3, draw: walk },
];

export { some };
