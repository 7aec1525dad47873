/** More kinds of trouble: names, defaults, DNS that cannot be asked, one customer among others, what a review has to see. */
import { type Random } from "../faults/random";
import { drawFleet, type Fleet, withDomain } from "./fleets";
import { type Item, type Program } from "./program";
import { type Onboarding, type Step, ZONES } from "./scenario";
import { begin, destroy, destroyFlags, STACK, type Theme, up, upFlags } from "./themes";

const BLOCK = {
  trigger: "outbound",
  conditions: [{ field: "from.domain", is: "blocked.example.com" }],
  actions: ["block"],
};

/** Tenants on the trial domain: nothing of a domain's own stands in the way of a second stack. */
function trialFleet(random: Random): Fleet {
  const names = random.chance(0.3) ? ["acme", "globex"] : ["acme"];
  const aliases = random.chance(0.5) ? ["sales"] : ["sales", "billing"];
  const program = names.map((name): Item => {
    const sending = random.chance(0.8) ? { sending: "paused" as const } : {};
    const policy = random.chance(0.4) ? { policy: { limits: { dailySends: 50 } } } : {};
    const accounts = Object.fromEntries(aliases.map((alias) => [alias, {}]));
    return { kind: "Tenant", name, args: { trial: "acme.nylas.email", accounts, ...sending, ...policy } };
  });
  const addresses = names.flatMap((name) => aliases.map((alias) => `${name}-${alias}@acme.nylas.email`));
  return { program, domains: [], addresses, hasLiteral: false };
}

export const LATER_THEMES: Theme[] = [
  {
    name: "a new stack of an old name",
    draw(random) {
      const fleet = random.chance(0.6)
        ? trialFleet(random)
        : drawFleet(random, {
            paused: random.chance(0.8),
            shape: random.pick(["tenant", "shared", "file"] as const),
          });
      return {
        steps: [
          ...begin(fleet),
          ...(random.chance(0.4) ? [{ do: "mail", to: random.pick(fleet.addresses), count: 1 } as Step] : []),
          { do: "renameStack", from: STACK, to: "prod" },
          up(fleet.program, upFlags(random)),
          destroy(destroyFlags(random)),
        ],
      };
    },
  },
  {
    name: "the default workspace twice",
    draw(random) {
      const program = (name: string, withPolicy: boolean): Program => [
        { kind: "NylasRule", name: `${name}-rule`, args: { ...BLOCK, priority: random.below(5) } },
        ...(withPolicy
          ? [{ kind: "NylasPolicy", name: `${name}-policy`, args: { limits: { dailySends: 9 } } } as Item]
          : []),
        {
          kind: "NylasDefaultWorkspace",
          name: "home",
          args: {
            ruleIds: [{ $ref: `${name}-rule`, prop: "id" }],
            ...(withPolicy ? { policyId: { $ref: `${name}-policy`, prop: "id" } } : {}),
          },
        },
      ];
      const first: Step[] = random.chance(0.6)
        ? [up(program("one", random.chance(0.4)), {}, { stack: "first" })]
        : [{ do: "standingRule" }];
      const second = random.chance(0.8)
        ? program("two", random.chance(0.4))
        : [{ kind: "NylasDefaultWorkspace", name: "home", args: {} } as Item];
      return {
        steps: [
          ...first,
          up(second, upFlags(random)),
          ...(random.chance(0.7) ? [destroy(destroyFlags(random))] : []),
        ],
      };
    },
  },
  {
    name: "DNS cannot be asked",
    draw(random) {
      const fleet = drawFleet(random);
      const { domainName, zone } = fleet.domains[0]!;
      const hasMx = random.chance(0.6);
      const record: Step = hasMx
        ? {
            do: "record",
            zone,
            type: "MX",
            name: domainName,
            content: random.pick(["smtp.google.com", "mx1.corp.example"]),
            priority: random.pick([1, 10, 20]),
          }
        : { do: "record", zone, type: "A", name: domainName, content: "192.0.2.7" };
      const down: Step[] =
        hasMx || random.chance(0.3)
          ? [{ do: "dns", mode: random.pick(["refused", "servfail"] as const) }]
          : [];
      const program = withDomain(fleet.program, domainName, (args) =>
        random.chance(0.6) ? { ...args, wait: false } : args,
      );
      return { steps: [record, ...down, up(program, upFlags(random))] };
    },
  },
  {
    name: "one refused customer",
    draw(random) {
      const adapter = random.pick(["cloudflare", "route53"] as const);
      const fleet = drawFleet(random, {
        domains: 3,
        adapter,
        shape: random.pick(["file", "tenant"] as const),
      });
      const refused = fleet.domains[random.chance(0.7) ? 0 : 1]!;
      const run = up(fleet.program, { continueOnError: true, skipPreview: true });
      return {
        steps: [
          {
            do: "record",
            zone: refused.zone,
            type: "MX",
            name: refused.domainName,
            content: "mx.corp.example",
            priority: 10,
          },
          run,
          run,
        ],
        served: fleet.addresses.filter((address) => !address.endsWith(`@${refused.domainName}`)),
      };
    },
  },
  {
    name: "keys, workspaces and policies change",
    draw(random) {
      const zone = random.pick(ZONES);
      const dns = { adapter: "cloudflare" as const, zone };
      const later = random.chance(0.6);
      const days = random.pick([60, 200, 300]);
      const program = (home: string, fewer: boolean, hasNew: boolean, holder: string): Program => [
        { kind: "AgentDomain", name: "agents", args: { domainName: `agents.${zone}`, dns } },
        {
          kind: "NylasPolicy",
          name: "kept",
          args: {
            limits: { inboxRetentionDays: fewer ? 6 : days, spamRetentionDays: 5 },
            ...(fewer ? { allowMailLoss: true } : {}),
          },
        },
        { kind: "NylasWorkspace", name: "a", args: { policyId: { $ref: "kept", prop: "id" } } },
        ...(hasNew ? [{ kind: "NylasWorkspace", name: "b", args: {} } as Item] : []),
        {
          kind: "AgentAccount",
          name: "x",
          args: {
            email: { alias: "x", of: "agents" },
            workspaceId: { $ref: home, prop: "id", ...(later ? { later } : {}) },
          },
        },
        { kind: "NylasWorkspace", name: "c", args: {} },
        {
          kind: "AgentAccount",
          name: "y",
          args: { email: { alias: "y", of: "agents" }, workspaceId: { $ref: "c", prop: "id" } },
        },
        ...["a", "c"].map((space): Item => ({
          kind: "NylasPrincipal",
          name: `of-${space}`,
          args: { boundTo: { workspace: { $ref: space, prop: "id" } }, permissions: ["messages.read"] },
        })),
        {
          kind: "NylasApiKey",
          name: "key",
          args: { principalId: { $ref: `of-${holder}`, prop: "id" }, expiresAt: "$inTwoYears" },
        },
      ];
      const change = random.below(3);
      const edited = program(change === 0 ? "b" : "a", change === 1, change === 0, change === 2 ? "c" : "a");
      return {
        steps: [
          up(program("a", false, change === 0 && random.chance(0.3), "a")),
          { do: "mail", to: "everybody", count: 2, ageDays: random.pick([0, 20, 50]) },
          up(edited, upFlags(random)),
          ...(random.chance(0.3) ? [destroy(destroyFlags(random))] : []),
        ],
      };
    },
  },
  {
    name: "onboarding with less",
    engineOnly: true,
    draw(random) {
      const zone = random.pick(ZONES);
      const domain = `${random.pick(["agents", "mail", "team"])}.${zone}`;
      const whole: Onboarding = {
        dns: "cloudflare",
        zone,
        ...(random.chance(0.8) ? { sending: "paused" as const } : {}),
        ...(random.chance(0.5) ? { rules: true } : {}),
        ...(random.chance(0.5) ? { policy: { limits: { dailySends: 20 } } } : {}),
      };
      const drop = random.below(3);
      const { sending: _sending, rules: _rules, ...without } = whole;
      const less: Onboarding =
        drop === 0 ? { ...whole, dns: "zoneFile" } : drop === 1 ? { dns: "cloudflare", zone } : without;
      const call = (args: Onboarding): Step => ({
        do: "onboard",
        tenant: "customer",
        domain,
        alias: "scheduling",
        args,
      });
      return {
        steps: [call(whole), { do: "mail", to: "everybody", count: 1 + random.below(2) }, call(less)],
      };
    },
  },
];
