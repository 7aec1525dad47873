import { type Item, type Kind, KINDS, namedIn, type Program, renamedIn, type Value } from "./program";
import { type Random } from "./random";

/** What happens to a program between two runs. */
export type Scenario =
  | "create"
  | "forgotten"
  | "adopted"
  | "update"
  | "replace"
  | "delete"
  | "rename"
  | "refresh"
  | "destroy"
  | "mixed";

export interface Plan {
  /** The name, before the edit, of the resource that it is about. */
  subject: string;
  before: Program;
  after: Program;
}

/**
 * A small program with a resource of the kind in it, and what it is edited to. The subject is what the edit is about; before it stand
 * those of the kinds `beside`, if any.
 */
export function plan(
  random: Random,
  around: Around,
  kind: Kind,
  scenario: Scenario,
  beside: readonly Kind[] = [],
): Plan {
  const maker = new Maker(random, around);
  for (const each of beside) maker.add(each, false);
  const subject = maker.add(kind, true);
  if (random.chance(0.15)) maker.add(random.pick(EASY), false);
  if (scenario === "update" && kind === "Workspace" && random.chance(0.2)) {
    maker.add("AgentAccount", false).inputs.workspaceId = { ref: subject.name };
    subject.inputs.policyId ??= { ref: maker.addFirst("Policy").name };
    maker.addFirst("Policy");
  }
  if (random.chance(0.04)) for (let more = 0; more < 3; more++) maker.add(random.pick(KINDS), false);
  const editor = new Editor(random, maker);
  const before = maker.program;
  const { name } = subject;
  // A replacement that loses something needs its word recorded beforehand.
  if (scenario === "replace" || scenario === "mixed" || scenario === "delete") {
    for (const item of before)
      if (["AgentAccount", "Domain"].includes(item.kind)) item.inputs.forceDestroy = true;
  }
  maker.program = structuredClone(before);
  const own = () => maker.program.find(({ name }) => name === subject.name);
  switch (scenario) {
    case "update":
      editor.update(own()!);
      break;
    case "replace":
      if (!editor.replace(own()!)) editor.update(own()!);
      break;
    case "delete":
      editor.remove(own()!);
      break;
    case "rename":
      editor.rename(own()!);
      break;
    case "mixed":
      for (let n = 0; n < 2 + random.below(2); n++) {
        const item = n === 0 ? own() : random.pick([...maker.program, undefined]);
        if (!item) maker.add(random.pick(EASY), false);
        else {
          const edit = random.pick(["update", "update", "replace", "remove", "rename"] as const);
          if (edit === "replace") editor.replace(item);
          else editor[edit](item);
        }
      }
      break;
    default:
  }
  return { subject: name, before, after: maker.program };
}

/** What a program stands among. */
export interface Around {
  applicationId: string;
  /** Unique in a process: it stands in every secret that is planted. */
  canary: string;
}

/** Those that need nothing else. */
const EASY: readonly Kind[] = [
  "Policy",
  "Workspace",
  "AgentAccount",
  "List",
  "Webhook",
  "Rule",
  "Principal",
  "Domain",
];

class Maker {
  program: Program = [];
  #numbers = 0;
  /** Whether mail may be cut by what is declared: then every place where the word is asked for has it. */
  readonly loose: boolean;

  constructor(
    readonly random: Random,
    readonly around: Around,
  ) {
    this.loose = random.chance(0.3);
  }

  /** Adds a resource with what it needs; a rich one has everything that such a resource can have. */
  add(kind: Kind, subject: boolean): Item {
    const { random } = this;
    const some = (): boolean => random.chance(subject ? 0.6 : 0.3);
    if (kind === "DefaultWorkspace") {
      const there = this.program.find((item) => item.kind === kind);
      if (there) return there;
    }
    const make = (inputs: Record<string, Value>, more: Partial<Item> = {}): Item => {
      const item: Item = { name: this.name(kind), kind, inputs: defined(inputs), ...more };
      this.program.push(item);
      return item;
    };
    const named = (): Value => (random.chance(0.15) ? `Named ${this.#numbers}` : undefined);
    const word = this.loose ? true : undefined;
    switch (kind) {
      case "Policy":
        return make({
          name: named(),
          limits: some() ? this.limits() : undefined,
          spamDetection: some() ? { sensitivity: 1 + random.below(30) / 10 } : undefined,
          allowMailLoss: word,
        });
      case "List": {
        const type = random.pick(["domain", "tld", "address"]);
        return make({
          name: named(),
          type,
          description: some() ? `Text ${random.below(9)}` : undefined,
          items: some() ? this.items(type) : undefined,
        });
      }
      case "Rule": {
        const list = some() ? this.one("List") : undefined;
        return make({
          name: named(),
          description: some() ? "Some text" : undefined,
          priority: some() ? random.below(1000) : undefined,
          conditions: [this.condition(list)],
          actions: random.pick<Value[]>([["block"], ["markAsRead"], [{ assignToFolder: "Clients/Acme" }]]),
        });
      }
      case "Workspace": {
        const policy = some() ? this.one("Policy") : undefined;
        const rule = some() ? this.one("Rule") : undefined;
        const number = this.#numbers;
        const domainName = random.chance(0.25) ? `w${number}.example.net` : undefined;
        return make({
          name: named(),
          domainName,
          autoGroup: domainName && some() ? true : undefined,
          policyId: policy && { ref: policy.name },
          ruleIds: rule && [{ ref: rule.name }],
          allowMailLoss: word,
        });
      }
      case "DefaultWorkspace": {
        const policy = random.chance(0.7) ? this.one("Policy") : undefined;
        const rule = random.chance(0.5) ? this.one("Rule") : undefined;
        return make({
          policyId: policy && { ref: policy.name },
          ruleIds: rule && [{ ref: rule.name }],
          allowMailLoss: word,
        });
      }
      case "Webhook":
        return make({
          name: named(),
          url: `https://hooks.example.org/${this.#numbers}`,
          triggers: ["message.created"],
          notificationEmails: some() ? ["ops@example.org"] : undefined,
          compressed: some() ? true : undefined,
          paused: random.chance(0.3) ? true : undefined,
        });
      case "Principal": {
        const workspace = random.chance(0.3) ? this.one("Workspace") : undefined;
        return make({
          name: named(),
          boundTo: workspace
            ? { workspace: { ref: workspace.name } }
            : { application: this.around.applicationId },
          roles: some() ? ["role_system_messages_reader"] : undefined,
          permissions: some() ? ["messages.read"] : undefined,
          description: some() ? "Some text" : undefined,
        });
      }
      case "ApiKey": {
        const principal = this.one("Principal");
        return make({ name: named(), principalId: { ref: principal.name }, expiresAt: yearsFromNow(1) });
      }
      case "Domain":
        return make({ name: named(), domainName: `d${this.#numbers}.example.com`, forceDestroy: true });
      case "DomainRecords": {
        const domain = this.add("Domain", false);
        return make({
          domainId: { ref: domain.name },
          domainName: domain.inputs.domainName,
          dkimKeyLength: random.chance(0.3) ? 1024 : undefined,
        });
      }
      case "DomainVerification": {
        const records = this.add("DomainRecords", false);
        return make({
          domainId: records.inputs.domainId,
          domainName: records.inputs.domainName,
          records: { out: [records.name, "records"] },
          timeoutSeconds: 7200,
          forceDestroy: true,
        });
      }
      case "AgentAccount": {
        // One that lies in a workspace of the stack can be recognised as the stack's own.
        const workspace = random.chance(0.6) ? this.one("Workspace") : undefined;
        const verified = random.chance(0.05) ? this.add("DomainVerification", false) : undefined;
        const at = verified ? String(verified.inputs.domainName) : "acme.nylas.email";
        return make(
          {
            email: `a${this.#numbers}@${at}`,
            displayName: some() ? `Agent ${random.below(100)}` : undefined,
            workspaceId: workspace && { ref: workspace.name },
            appPassword: some() ? this.password() : undefined,
            folders: some() ? this.folders() : undefined,
            forceDestroy: random.chance(0.2) ? true : undefined,
            allowMailLoss: word,
          },
          { ...(verified ? { after: [verified.name] } : {}), mail: random.chance(0.3) },
        );
      }
    }
  }

  /** Adds one before all others. */
  addFirst(kind: Kind): Item {
    const item = this.add(kind, false);
    this.program.unshift(this.program.pop()!);
    return item;
  }

  /** One of the kind: mostly one that is there already. */
  one(kind: Kind): Item {
    const there = this.program.filter((item) => item.kind === kind);
    return there.length > 0 && this.random.chance(0.7) ? this.random.pick(there) : this.add(kind, false);
  }

  name(kind: Kind): string {
    return `${kind.toLowerCase()}-${this.#numbers++}`;
  }

  condition(list: Item | undefined): Value {
    if (list) return { field: `from.${String(list.inputs.type)}`, inList: [{ ref: list.name }] };
    return { field: "from.domain", is: `spam${this.random.below(9)}.example` };
  }

  limits(): Record<string, Value> {
    const { random } = this;
    return defined({
      dailySends: 10 + random.below(90),
      inboxRetentionDays: this.loose && random.chance(0.5) ? 100 + random.below(200) : undefined,
      attachmentTypes: random.chance(0.3) ? ["image/*", "application/pdf"] : undefined,
    });
  }

  items(type: string): string[] {
    const form = {
      domain: (n: number) => `x${n}.example`,
      tld: (n: number) => `x${n}`,
      address: (n: number) => `x${n}@a.example`,
    };
    const made = form[type as keyof typeof form];
    const count = 1 + this.random.below(4);
    return Array.from({ length: count }, () => made(this.random.below(20)));
  }

  password(): string {
    return `Canary0${this.around.canary}${this.random.below(1e6)}xxxxxxxxxxxx`.slice(0, 32);
  }

  folders(): string[] {
    const all = ["Clients/Acme", "Clients/Other", "Later"];
    return all.slice(0, 1 + this.random.below(3));
  }
}

class Editor {
  /** The records of domains that are verified before the edit, whatever the edit does to the verification. */
  readonly #verified: ReadonlySet<string>;

  constructor(
    private readonly random: Random,
    private readonly maker: Maker,
  ) {
    const verifications = this.#program.filter(({ kind }) => kind === "DomainVerification");
    this.#verified = new Set(verifications.flatMap(({ inputs }) => namedIn(inputs)));
  }

  get #program(): Program {
    return this.maker.program;
  }

  /** A change in place, of one or two arguments. */
  update(item: Item): void {
    this.#edit(item);
    if (this.random.chance(0.3)) this.#edit(item);
  }

  #edit(item: Item): void {
    const { random, maker } = this;
    const { inputs } = item;
    const rename = (): void => void (inputs.name = `Renamed ${random.below(1000)}`);
    const describe = (): void =>
      void (inputs.description = random.chance(0.3) ? undefined : `Text ${10 + random.below(90)}`);
    const edits: Record<Kind, (() => void)[]> = {
      Policy: [
        rename,
        () => {
          const before = (inputs.limits ?? {}) as Record<string, Value>;
          inputs.limits = { ...before, ...maker.limits(), dailySends: 100 + random.below(900) };
        },
        () => {
          const before = (inputs.spamDetection ?? {}) as Record<string, Value>;
          inputs.spamDetection = { ...before, sensitivity: 1 + random.below(30) / 10, dnsBlockLists: true };
        },
      ],
      List: [
        rename,
        describe,
        () => void (inputs.items = maker.items(String(inputs.type))),
        () => void (inputs.items = []),
        () =>
          void (inputs.items = [...((inputs.items ?? []) as string[]), ...maker.items(String(inputs.type))]),
      ],
      Rule: [
        rename,
        describe,
        () => void (inputs.priority = random.below(1000)),
        () => void (inputs.enabled = inputs.enabled === false),
        () => void (inputs.actions = ["markAsStarred", "archive"]),
        () => void (inputs.conditions = [maker.condition(this.#before(item, "List"))]),
        () => void (inputs.match = inputs.match === "any" ? "all" : "any"),
      ],
      Workspace: [
        rename,
        () => void (inputs.policyId = this.#refBefore(item, "Policy")),
        () => void (inputs.ruleIds = this.#refsBefore(item, "Rule")),
        () => {
          if (inputs.domainName !== undefined) inputs.autoGroup = inputs.autoGroup !== true;
          else inputs.forceDestroy = inputs.forceDestroy !== true;
        },
      ],
      DefaultWorkspace: [
        () => void (inputs.policyId = this.#refBefore(item, "Policy")),
        () => void (inputs.ruleIds = this.#refsBefore(item, "Rule")),
      ],
      Webhook: [
        rename,
        () => void (inputs.url = `https://hooks.example.org/other/${random.below(1000)}`),
        () =>
          void (inputs.triggers = random.chance(0.5)
            ? ["message.created", "message.bounced"]
            : ["message.bounced"]),
        () => void (inputs.notificationEmails = [`ops${random.below(9)}@example.org`]),
        () => void (inputs.compressed = inputs.compressed !== true),
        () => void (inputs.paused = inputs.paused !== true),
        () => void (inputs.rotateWhenChanged = { quarter: String(random.below(1000)) }),
      ],
      Principal: [
        rename,
        describe,
        () => void (inputs.roles = random.chance(0.5) ? undefined : ["role_system_messages_reader"]),
        () => void (inputs.permissions = random.chance(0.3) ? undefined : ["messages.read", "folders.read"]),
        () => {
          const used = this.#program.some(
            (other) => other.kind === "ApiKey" && namedIn(other.inputs).includes(item.name),
          );
          if (!used) inputs.enabled = inputs.enabled === false;
        },
        () => {
          const workspace = this.#before(item, "Workspace");
          inputs.boundTo = workspace
            ? { workspace: { ref: workspace.name } }
            : { application: maker.around.applicationId };
        },
      ],
      ApiKey: [rename, () => void (inputs.enabled = inputs.enabled === false)],
      Domain: [rename, rename, rename, () => void (inputs.forceDestroy = inputs.forceDestroy !== true)],
      DomainRecords: [() => void (inputs.allowApex = true)],
      DomainVerification: [
        () =>
          void (inputs.purposes = random.pick([
            ["ownership", "mx"],
            ["ownership", "mx", "spf"],
          ])),
      ],
      AgentAccount: [
        () => void (inputs.displayName = `Robot ${random.below(1000)}`),
        () => void (inputs.appPassword = maker.password()),
        () => {
          const before = (inputs.folders ?? []) as string[];
          inputs.folders = random.chance(0.5) ? before.slice(1) : [...before, `New ${random.below(100)}`];
        },
        () => void (inputs.workspaceId = this.#refBefore(item, "Workspace")),
        () => void (inputs.forceDestroy = inputs.forceDestroy !== true),
      ],
    };
    random.pick(edits[item.kind])();
    item.inputs = defined(inputs);
  }

  /** A change that the API cannot make in place; false where the kind has none. */
  replace(item: Item): boolean {
    const { random } = this;
    const { inputs } = item;
    const fresh = random.below(10_000);
    switch (item.kind) {
      case "List": {
        inputs.type = random.pick(["domain", "tld", "address"].filter((type) => type !== inputs.type));
        inputs.items = this.maker.items(String(inputs.type));
        // Conditions hold a list to their field's type.
        for (const rule of this.#program.filter(({ kind }) => kind === "Rule"))
          if (namedIn(rule.inputs).includes(item.name)) rule.inputs.conditions = [this.maker.condition(item)];
        return true;
      }
      case "Workspace":
        inputs.domainName = `r${fresh}.example.net`;
        return true;
      case "ApiKey":
        if (random.chance(0.5)) inputs.expiresAt = yearsFromNow(2 + random.below(5));
        else inputs.rotateWhenChanged = { quarter: String(fresh) };
        return true;
      case "AgentAccount":
        if (inputs.forceDestroy !== true) return false;
        inputs.email = `r${fresh}@${String(inputs.email).split("@")[1]}`;
        return true;
      case "Domain": {
        if (inputs.forceDestroy !== true) return false;
        const before = String(inputs.domainName);
        // The mailboxes on it move nowhere.
        if (this.#program.some(({ inputs: other }) => String(other.email).endsWith(`@${before}`)))
          return false;
        for (const other of this.#program)
          if (other.inputs.domainName === before) other.inputs.domainName = `r${fresh}.example.com`;
        return true;
      }
      case "DomainRecords": {
        // Of a domain that is verified nothing is asked again.
        const verified = this.#program.some((other) => namedIn(other.inputs).includes(item.name));
        if (verified || this.#verified.has(item.name)) return false;
        inputs.dkimKeyLength = inputs.dkimKeyLength === 1024 ? 2048 : 1024;
        return true;
      }
      default:
        return false;
    }
  }

  /** Takes a resource out, with those that are nothing without it. */
  remove(item: Item): void {
    const gone = new Set([item.name]);
    for (const other of this.#program) {
      const needed = [...(other.after ?? []), ...this.#needed(other)];
      if (needed.some((name) => gone.has(name))) gone.add(other.name);
    }
    this.maker.program = this.#program.filter(({ name }) => !gone.has(name));
    for (const other of this.#program) this.#forget(other, gone);
  }

  /** Another name in the program; without an alias where the old name is the only thing that is known of it. */
  rename(item: Item): void {
    const from = item.name;
    const to = this.maker.name(item.kind);
    const alone = ["Policy", "List", "Rule", "ApiKey", "Principal", "DefaultWorkspace"].includes(item.kind);
    const bare = alone && item.inputs.name === undefined && this.random.chance(0.7);
    for (const other of this.#program) {
      other.inputs = renamedIn(other.inputs, from, to) as Record<string, Value>;
      if (other.after) other.after = other.after.map((name) => (name === from ? to : name));
    }
    item.name = to;
    if (!bare) item.aliases = [...(item.aliases ?? []), from];
    else delete item.aliases;
  }

  #needed({ kind, inputs }: Item): string[] {
    if (kind === "ApiKey") return namedIn(inputs.principalId);
    if (kind === "DomainRecords" || kind === "DomainVerification")
      return [...namedIn(inputs.domainId), ...namedIn(inputs.records)];
    return [];
  }

  /** What is only named, and not needed. */
  #forget(item: Item, gone: Set<string>): void {
    const { inputs } = item;
    const names = (value: Value): boolean => namedIn(value).some((name) => gone.has(name));
    if (names(inputs.policyId)) delete inputs.policyId;
    if (names(inputs.workspaceId)) delete inputs.workspaceId;
    if (names(inputs.ruleIds)) inputs.ruleIds = (inputs.ruleIds as Value[]).filter((rule) => !names(rule));
    if (names(inputs.conditions)) inputs.conditions = [this.maker.condition(undefined)];
    if (names(inputs.boundTo)) inputs.boundTo = { application: this.maker.around.applicationId };
  }

  /** One that is declared before: a program names nothing that comes after. */
  #before(item: Item, kind: Kind): Item | undefined {
    const there = this.#program.slice(0, this.#program.indexOf(item)).filter((other) => other.kind === kind);
    return there.length > 0 && this.random.chance(0.7) ? this.random.pick(there) : undefined;
  }

  #refBefore(item: Item, kind: Kind): Value {
    const found = this.#before(item, kind);
    return found && { ref: found.name };
  }

  #refsBefore(item: Item, kind: Kind): Value {
    const found = this.#before(item, kind);
    return found && [{ ref: found.name }];
  }
}

function defined(inputs: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
}

/** A moment that stays the same for a whole year of runs, so that a seed means the same tomorrow. */
function yearsFromNow(years: number): string {
  return `${new Date().getUTCFullYear() + years}-12-31T00:00:00Z`;
}
