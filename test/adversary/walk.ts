/** Without aim: a fleet, and then whatever people do, one after the other. */
import { type Random } from "../faults/random";
import {
  drawFleet,
  type Fleet,
  some,
  withDomain,
  withoutAccount,
  withoutDomain,
  withRenamed,
} from "./fleets";
import { type Item, type Options, type Program } from "./program";
import { type Flags, type Run, type Step, type Word, ZONES } from "./scenario";

export function walk(random: Random): { steps: Step[] } {
  return { steps: new Walk(random).draw() };
}

class Walk {
  readonly #steps: Step[] = [];
  readonly #fleets = new Map<string, Fleet>();
  readonly #recorded: Word[] = [];

  constructor(private readonly random: Random) {}

  draw(): Step[] {
    const { random } = this;
    this.#begin("staging");
    if (random.chance(0.25)) this.#begin("other");
    const count = 2 + random.below(3);
    for (let n = 0; n < count; n++) this.#anything();
    return this.#steps;
  }

  #begin(stack: string): void {
    const fleet = drawFleet(this.random, { domains: this.random.chance(0.2) ? 2 : 1 });
    // Two stacks declare different names: two that declare the same is a theme of its own.
    const [{ domainName } = { domainName: "" }] = this.#fleets.get("staging")?.domains ?? [];
    if (fleet.domains.some((each) => each.domainName === domainName)) return;
    this.#fleets.set(stack, fleet);
    if (fleet.hasLiteral)
      this.#steps.push({ do: "up", stack, flags: { continueOnError: true }, program: fleet.program });
    this.#up(stack, fleet.program);
  }

  #up(stack: string, program: Program): void {
    this.#fleets.get(stack)!.program = program;
    this.#steps.push({ do: "up", program, ...this.#run(stack) });
  }

  #run(stack: string): Run {
    const { random } = this;
    const fleet = this.#fleets.get(stack)!;
    const flags: Flags = {};
    if (random.chance(0.3)) flags.continueOnError = true;
    if (random.chance(0.3)) flags.skipPreview = true;
    if (random.chance(0.1)) flags.refresh = true;
    const resources = fleet.program.flatMap(({ kind, name }) =>
      kind.startsWith("Nylas") || kind === "AgentAccount" ? [name] : [],
    );
    if (resources.length > 0 && random.chance(0.08)) flags.targets = [random.pick(resources)];
    else if (random.chance(0.08))
      flags.excludes = [random.pick(["Domain::agents", "mail-mx", "agents-mx", ...resources])];
    const words = random.chance(0.15) ? { words: this.#words(fleet) } : {};
    const configWords = random.chance(0.15) ? { configWords: this.#words(fleet) } : {};
    return { stack, flags, ...words, ...configWords };
  }

  #words(fleet: Fleet): Word[] {
    const { random } = this;
    const words: Word[] = [
      ...fleet.addresses.map((object): Word => ({ kind: "account", object })),
      ...fleet.domains.map(({ domainName }): Word => ({ kind: "domain", object: domainName })),
      { kind: "workspace", object: fleet.domains[0]!.domainName },
    ];
    return some(random, words, 1 + random.below(2));
  }

  #anything(): void {
    const { random } = this;
    const stack = random.pick([...this.#fleets.keys()]);
    const fleet = this.#fleets.get(stack)!;
    const { domainName, zone } = random.pick(fleet.domains);
    const steps: (() => void)[] = [
      () => this.#steps.push({ do: "mail", to: "everybody", count: 1 + random.below(2) }),
      () => this.#steps.push({ do: "mail", to: "everybody", count: 1 }),
      () =>
        this.#steps.push({
          do: "account",
          email: `foreign${random.below(9)}@${domainName}`,
          application: random.pick(["first", "first", "second"] as const),
          mail: random.below(2),
        }),
      () => this.#up(stack, this.#edited(fleet, domainName)),
      () => this.#up(stack, this.#edited(fleet, domainName)),
      () => this.#up(stack, this.#edited(fleet, domainName)),
      () => this.#steps.push({ do: "refresh", ...this.#run(stack) }),
      () => {
        const run = this.#run(stack);
        if (random.chance(0.2)) run.flags.excludeProtected = true;
        if (run.flags.excludeProtected) delete run.flags.targets;
        this.#steps.push({
          do: "destroy",
          ...run,
          ...(random.chance(0.2) ? { program: fleet.program } : {}),
        });
      },
      () =>
        this.#steps.push(
          { do: "export", stack },
          { do: "mail", to: "everybody", count: 1 },
          { do: "importOlder", stack },
        ),
      () =>
        this.#steps.push({
          do: "forget",
          stack,
          resource: `${random.pick(["Domain", "DomainRecords", "DomainVerification"])}::${domainName.split(".")[0]}`,
        }),
      () => this.#steps.push({ do: "unprotect", stack }),
      () => this.#move(stack, fleet),
      () =>
        this.#steps.push({
          do: "fault",
          fault: {
            kind: "stale",
            method: "GET",
            path: random.pick(["^/v3/grants/?$", "/v3/grants/[^/]+/messages", "/v3/workspaces/?$"]),
            times: 1,
          },
        }),
      () => this.#steps.push({ do: "dns", mode: random.pick(["refused", "answer"] as const) }),
      () =>
        this.#steps.push({
          do: "record",
          zone,
          type: "TXT",
          name: `${domainName}`,
          content: "google-site-verification=x",
        }),
    ];
    random.pick(steps)();
  }

  #move(stack: string, fleet: Fleet): void {
    const { random } = this;
    const [domain] = fleet.domains;
    const label = domain!.domainName.split(".")[0]!;
    if (random.chance(0.5)) {
      this.#steps.push({ do: "renameInState", stack, resource: `Domain::${label}`, to: `${label}-renamed` });
      return;
    }
    this.#steps.push({
      do: "move",
      from: stack,
      to: "third",
      names: random.chance(0.5)
        ? [`Domain::${label}`, `DomainRecords::${label}`, `DomainVerification::${label}`]
        : [`DomainVerification::${label}`],
    });
    if (random.chance(0.5))
      this.#steps.push({ do: "destroy", stack: "third", flags: { continueOnError: random.chance(0.5) } });
  }

  #edited(fleet: Fleet, domainName: string): Program {
    const { random } = this;
    const { program } = fleet;
    const item = random.pick(program);
    const dnsOf = (adapter: "cloudflare" | "route53" | "zoneFile") =>
      withDomain(program, domainName, (args) => ({
        ...args,
        dns:
          adapter === "zoneFile"
            ? { adapter }
            : { adapter, zone: random.pick(ZONES.filter((zone) => domainName.endsWith(zone))) },
      }));
    const edits: (() => Program)[] = [
      () => withoutAccount(program, random.pick(fleet.addresses)),
      () => withoutDomain(program, domainName),
      () => withRenamed(program, item.name, `${item.name}-new`, random.chance(0.5)),
      () => dnsOf(random.pick(["cloudflare", "route53", "zoneFile"] as const)),
      () => withDomain(program, domainName, (args) => ({ ...args, forceDestroy: random.chance(0.7) })),
      () =>
        withDomain(program, domainName, (args) => ({
          ...args,
          follow: true,
          dns: { ...args.dns, adoptRecords: true },
        })),
      () => withDomain(program, domainName, (args) => ({ ...args, domainName: `new-${domainName}` })),
      () => this.#withOptions(program, item),
      () => this.#withOptions(program, item),
      () =>
        program.map((each) =>
          each === item && item.kind === "AgentAccount"
            ? { ...item, args: { ...item.args, forceDestroy: true } }
            : each,
        ) as Program,
      () => [...program, { kind: "NylasWorkspace", name: `extra-${random.below(3)}`, args: {} }],
      () => program.filter((each) => each !== item || item.kind === "AgentDomain"),
      () => program,
    ];
    const edited = random.pick(edits)();
    return isWhole(edited) ? edited : program;
  }

  #withOptions(program: Program, item: Item): Program {
    const { random } = this;
    const others = program
      .filter((each) => each.kind === "AgentDomain" || each.kind === "Tenant")
      .map(({ name }) => name);
    const before = program.slice(0, program.indexOf(item)).map(({ name }) => name);
    const choices: Options[] = [
      { protect: true },
      { retainOnDelete: true },
      { ignoreChanges: ["displayName"] },
      { aliases: [{ name: `${item.name}-before` }] },
      ...some(
        random,
        before.filter((name) => others.includes(name)),
        1,
      ).map((parent) => ({ parent })),
      ...some(
        random,
        before.filter((name) => !name.startsWith("file-")),
        1,
      ).map((deletedWith) => ({ deletedWith })),
    ];
    const options = random.pick(choices);
    return program.map((each) =>
      each === item ? { ...item, options: { ...item.options, ...options } } : each,
    );
  }
}

/** Whether everything that is referred to is declared before. */
function isWhole(program: Program): boolean {
  const seen = new Set<string>();
  for (const item of program) {
    const text = JSON.stringify(item);
    for (const [, name] of text.matchAll(/"(?:\$ref|of|domainOf|parent|deletedWith)":"([^"]+)"/g))
      if (!seen.has(name!)) return false;
    if (seen.has(item.name)) return false;
    seen.add(item.name);
  }
  return program.length > 0;
}
