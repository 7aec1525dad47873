/**
 * What a review once did not see, or could not read, and passed. These are the adversary's finds C6 to C9, C22, C23,
 * C26 to C29, C34 to C36, C38, C40.
 */
import { strict as assert } from "node:assert";
import * as fc from "fast-check";
import { type Gate } from "../../../provider/review/gates";
import { type Report } from "../../../provider/review/report";
import { readFleet, readPreview, report, scopeOf } from "./hosts";
import { type Declared, gatesOf, object, previewOf, reviewOf, stops } from "./previews";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET = "[secret]";

interface Digest {
  steps: {
    op: string;
    urn: string;
    oldState?: Record<string, unknown>;
    newState?: Record<string, unknown>;
  }[];
  changeSummary: Record<string, number>;
  diagnostics?: object[];
}

const account = (name: string, inputs: object = {}, more: Partial<Declared> = {}) =>
  object("AgentAccount", name, { email: `${name}@agents.example.com`, ...inputs }, more);
const policy = (inboxRetentionDays: number, allowMailLoss = false) =>
  object("Policy", "shared", {
    name: "shared",
    limits: { inboxRetentionDays },
    ...(allowMailLoss ? { allowMailLoss } : {}),
  });
const digestOf = (before: Declared[], after: Declared[], stack = "staging") =>
  JSON.parse(previewOf(before, after, { stack })) as Digest;
const read = (digest: object, options?: { showsPending?: boolean }) =>
  readPreview(JSON.stringify(digest), options);
/** What `pulumi stack export` writes of a stack. */
const exportOf = (
  declared: Declared[],
  stack = "staging",
  edit: (entry: Record<string, unknown>) => void = () => undefined,
) => {
  const resources = digestOf(declared, declared, stack).steps.map(({ oldState }) => oldState!);
  resources.forEach(edit);
  return JSON.stringify({ version: 3, deployment: { resources } });
};
function passes(result: Report): void {
  const stopping: Gate[] = ["mail-loss", "hand-over", "doors", "drains", "rename", "incomplete"];
  const found = gatesOf(result).filter((gate) => stopping.includes(gate));
  assert.deepEqual(found, [], result.markdown);
}

describe("what a review cannot see or read is gated", () => {
  describe("C6: adopt makes a new object where Nylas has none", () => {
    const hook = (inputs: object) =>
      object("Webhook", "w", { url: "https://evil.example/hook", triggers: ["message.created"], ...inputs });
    const key = (inputs: object) =>
      object("ApiKey", "k", { principalId: "p-1", name: "k", expiresAt: "2030-01-01T00:00:00Z", ...inputs });
    for (const adopt of [true, false, "hook-1", UNKNOWN, undefined])
      for (const [kind, made] of [
        ["webhook", hook],
        ["key", key],
      ] as const)
        it(`a ${kind} with adopt: ${String(adopt)}`, () => {
          stops(reviewOf([], [made(adopt === undefined ? {} : { adopt })]), "hand-over");
        });
    it("says that it may be made", () => {
      const { markdown } = reviewOf([], [hook({ adopt: true })]);
      assert.match(markdown, /If there is none to take over \(`adopt`\): Events of all accounts/);
    });
    it("an import by its id makes none", () => {
      const digest = digestOf([], [hook({})]);
      digest.steps.at(-1)!.op = "import";
      digest.changeSummary = { same: 1, import: 1 };
      assert.ok(!gatesOf(report(read(digest))).includes("hand-over"));
    });
  });

  describe("C7: a record is known by what it holds, whatever its resource is called", () => {
    const component = object("pulumi-nylas:index:AgentDomain", "agents", {}, { component: true });
    const record = (name: string, content: unknown, inputs: object = {}) =>
      object(
        "cloudflare:index/dnsRecord:DnsRecord",
        name,
        { zoneId: "z", name: "agents.example.com", type: "TXT", content, ...inputs },
        { parent: "agents" },
      );
    const edit = (name: string, was: unknown, is: unknown, inputs: object = {}) =>
      reviewOf(
        [component, account("a"), record(name, was, inputs)],
        [component, account("a"), record(name, is, inputs)],
      );
    const texts: [slot: string, was: string, is: string, inputs?: object][] = [
      ["spf", '"v=spf1 include:nylas ~all"', '"v=spf1 -all"'],
      ["dkim", '"v=DKIM1; p=AAA"', '"v=DKIM1; p="'],
      ["dkim", '"v=DKIM1; p=AAA"', '"p="', { name: "key._domainkey.agents.example.com" }],
    ];
    for (const suffix of ["", "-new", "-feedback", "-ownership", "-dmarc", "-a-mx"])
      for (const [slot, was, is, inputs] of texts)
        it(`agents-${slot}${suffix} becomes ${is}`, () => {
          stops(edit(`agents-${slot}${suffix}`, was, is, inputs), "mail-loss");
        });
    it("under a name that no AgentDomain gives", () => {
      stops(edit("one", '"v=spf1 include:nylas ~all"', '"v=spf1 -all"'), "mail-loss");
      stops(edit("agents", '"anything"', '"v=spf1 -all"'), "mail-loss");
      stops(edit("two", '"k"', '"l"', { name: "key._domainkey.agents.example.com" }), "mail-loss");
    });
    it("a text that is not known, or a secret one", () => {
      stops(edit("agents-spf-new", '"v=spf1 ~all"', UNKNOWN), "mail-loss");
      stops(edit("agents-txt", '"v=spf1 ~all"', SECRET), "mail-loss");
    });
    it("a suffix makes no MX one of feedback", () => {
      const mx = (content: string) => record("agents-mx-feedback", content, { type: "MX", priority: 10 });
      const { markdown } = reviewOf([component, account("a")], [component, account("a"), mx("evil.example")]);
      assert.match(markdown, /Mail for that name goes there from then on/);
      assert.doesNotMatch(markdown, /feedback \(MX\)/);
    });
    it("one of several texts of a set of Route 53", () => {
      const set = (...records: string[]) =>
        object(
          "aws:route53/record:Record",
          "agents-txt",
          { zoneId: "z", name: "agents.example.com", type: "TXT", records },
          { parent: "agents" },
        );
      const [owned, spf] = ['"nylas-ownership-verify=1"', '"v=spf1 ~all"'];
      const result = (...after: string[]) =>
        reviewOf([component, account("a"), set(owned, spf)], [component, account("a"), set(...after)]);
      stops(result(owned, '"v=spf1 -all"'), "mail-loss");
      stops(result(owned), "mail-loss");
      passes(result(owned, spf, '"another=1"'));
    });
    it("C26: a priority that is a secret may be another one", () => {
      const mx = (priority: unknown, ttl: number) =>
        record("agents-mx", "in.example", { type: "MX", priority, ttl });
      stops(
        reviewOf([component, account("a"), mx(SECRET, 1)], [component, account("a"), mx(SECRET, 2)]),
        "mail-loss",
      );
    });
    it("C34: a second DKIM text at the selector; C35: a new DS above the domain", () => {
      const domain = object("Domain", "d", { domainName: "agents.example.com" });
      const second = (inputs: object) =>
        reviewOf(
          [domain, account("a")],
          [
            domain,
            account("a"),
            object("cloudflare:index/dnsRecord:DnsRecord", "x", { zoneId: "z", ...inputs }),
          ],
        );
      const dkim = { name: "key._domainkey.agents.example.com", type: "TXT", content: '"v=DKIM1; p=AAAA"' };
      stops(second(dkim), "mail-loss");
      for (const name of ["agents.example.com", "example.com"])
        stops(second({ name, type: "DS", content: "1 8 2 ABCD" }), "mail-loss");
      passes(second({ name: "www.example.net", type: "DS", content: "1 8 2 ABCD" }));
    });
    it("C36: what reaches all records of a zone, and a zone that changes", () => {
      stops(
        reviewOf([], [object("aws:route53/recordsExclusive:RecordsExclusive", "all", { zoneId: "z" })]),
        "mail-loss",
      );
      const zone = (inputs: object) =>
        object("cloudflare:index/zone:Zone", "zone", { name: "example.com", ...inputs });
      stops(reviewOf([zone({ type: "full" })], [zone({ type: "secondary" })]), "mail-loss");
      passes(reviewOf([zone({ comment: "a" })], [zone({ comment: "b" })]));
    });
  });

  describe("C8: a fleet file with the names of the reviewed stack", () => {
    const change = () => read(digestOf([policy(300)], [policy(6, true)]));
    const other = () => readFleet(exportOf([account("x", { workspaceId: "w-1" })]));
    it("is refused where it holds other objects", () => {
      assert.throws(
        () => scopeOf(change(), [other()], true),
        /called acme\/staging.*export it again.*another backend/s,
      );
      const moved = readFleet(exportOf([policy(300)], "staging", (entry) => (entry["id"] = "another")));
      assert.throws(() => scopeOf(change(), [moved], true), /called acme\/staging/);
    });
    it("is said to be the stack's own where it holds the same ones", () => {
      const preview = change();
      const scope = scopeOf(preview, [readFleet(exportOf([policy(300)]))], false);
      assert.deepEqual([scope.stacks, scope.own], [[], true]);
      assert.match(report(preview, { scope }).markdown, /taken for this stack's own/);
    });
    it("two files of one name are refused", () => {
      const [one, two] = ["a", "b"].map((name) => readFleet(exportOf([account(name)], "customers")));
      assert.throws(() => scopeOf(change(), [one!, two!], true), /two files .* acme\/customers/);
      const own = readFleet(exportOf([policy(300)]));
      assert.throws(() => scopeOf(change(), [own, own], true), /two files .* acme\/staging/);
    });
  });

  describe("C9, C28: a preview is whole where it lists all that it counts", () => {
    const rest = [account("a"), account("b")];
    const cut = (stack = "staging") => {
      const digest = digestOf(
        [policy(300), ...rest],
        [policy(stack === "staging" ? 6 : 300), ...rest],
        stack,
      );
      digest.steps = digest.steps.filter(({ urn }) => !urn.endsWith("::b"));
      return digest;
    };
    it("C9: one row that stays as it is does not stand for all", () => {
      const preview = read(cut());
      const result = report(preview, { scope: scopeOf(preview, [], true) });
      assert.match(stops(result, "incomplete"), /without `--show-sames`, or lists a part only/);
    });
    it("a step that is counted and not listed", () => {
      const digest = digestOf([account("a")], []);
      digest.steps = digest.steps.filter(({ op }) => op !== "delete");
      assert.match(stops(report(read(digest)), "incomplete"), /does not list 1 step that it counts/);
    });
    const unused = object("Workspace", "w", { name: "w" });
    const partial: [string, (digest: Digest) => void][] = [
      ["made without --show-sames", (digest) => digest.steps.splice(1)],
      [
        "that ended with an error",
        (digest) => (digest.diagnostics = [{ severity: "error", message: "boom" }]),
      ],
      ["that did not come to its end", (digest) => delete (digest as Partial<Digest>).changeSummary],
      ["with a step that cannot be read", (digest) => (digest.steps[1]!.op = "conjure")],
    ];
    for (const [title, damage] of partial)
      it(`C28: another stack's preview ${title} is not all of that stack`, () => {
        const preview = read(digestOf([policy(300)], [policy(6)]), { showsPending: true });
        const whole = digestOf([unused], [unused], "customers");
        passes(report(preview, { scope: scopeOf(preview, [read(whole)], true) }));
        damage(whole);
        const result = report(preview, { scope: scopeOf(preview, [read(whole)], true) });
        const markdown = stops(result, "incomplete", "mail-loss");
        assert.match(markdown, /as handed in is not whole|file that was handed in is not whole/);
        assert.doesNotMatch(markdown, /By your word/);
      });
    it("an export of an interrupted run", () => {
      const preview = read(digestOf([policy(300)], [policy(6)]));
      const state = JSON.parse(exportOf([unused], "customers")) as { deployment: Record<string, unknown> };
      state.deployment["pending_operations"] = [{ type: "creating", resource: {} }];
      const scope = scopeOf(preview, [readFleet(JSON.stringify(state))], true);
      stops(report(preview, { scope }), "incomplete", "mail-loss");
    });
  });

  describe("C22, C23: what waits for its delete", () => {
    const gone = (name: string) => account(name, { forceDestroy: true });
    /** A change of one policy, and a mailbox that waits for its delete, in a preview that shows it. */
    const waiting = () => {
      const digest = digestOf([account("b")], [account("b"), policy(9)]);
      const old = digestOf([gone("b")], [gone("b")]).steps.at(-1)!.oldState!;
      const values = { email: "a@agents.example.com", forceDestroy: true };
      const pending = { ...old, id: "id-old", delete: true, inputs: values, outputs: values };
      digest.steps.push({ op: "delete-replaced", urn: String(old["urn"]), oldState: pending });
      return digest;
    };
    const streamed = ({ steps, changeSummary }: Digest) =>
      [
        ...steps.map(({ op, urn, oldState, newState }) => ({
          resourcePreEvent: { metadata: { op, urn, old: oldState, new: newState } },
        })),
        { summaryEvent: { resourceChanges: changeSummary } },
      ]
        .map((event, sequence) => JSON.stringify({ sequence, timestamp: 1, ...event }))
        .join("\n");
    it("in a preview with --show-replacement-steps", () => {
      const markdown = stops(report(read(waiting())), "mail-loss", "delete");
      assert.match(
        markdown,
        /The mailbox `a@agents\.example\.com` is deleted .*That waits since an earlier replacement/,
      );
      assert.match(markdown, /New policy/);
    });
    it("in a preview that streams", () => {
      const markdown = stops(report(readPreview(streamed(waiting()))), "mail-loss", "delete");
      assert.match(markdown, /The mailbox `a@agents\.example\.com` is deleted/);
    });
    it("an MX of the served zone", () => {
      const mx = (content: string) =>
        object("cloudflare:index/dnsRecord:DnsRecord", "agents-mx", {
          zoneId: "z",
          name: "agents.example.com",
          type: "MX",
          content,
          priority: 10,
        });
      const digest = digestOf([account("a"), mx("new.example")], [account("a"), mx("new.example")]);
      const { urn, oldState } = digest.steps.find((step) => step.urn.endsWith("::agents-mx"))!;
      digest.steps.push({ op: "delete-replaced", urn, oldState: { ...oldState, id: "other", delete: true } });
      stops(report(read(digest)), "mail-loss");
    });
    it("the single steps of a replacement are that one replacement", () => {
      const digest = digestOf(
        [account("a")],
        [account("a", { email: "b@agents.example.com" }, { replaced: true })],
      );
      const plain = report(read(digest)).markdown;
      const { urn, oldState, newState } = digest.steps.find(({ op }) => op === "replace")!;
      digest.steps.splice(1, 0, { op: "create-replacement", urn, oldState: oldState!, newState: newState! });
      digest.steps.push({ op: "delete-replaced", urn, oldState: { ...oldState, delete: true } });
      assert.equal(report(read(digest)).markdown, plain);
      assert.equal(report(readPreview(streamed(digest))).markdown, plain);
      // Beside it, an older one of the same name.
      digest.steps.push({ op: "delete-replaced", urn, oldState: { ...oldState, id: "older", delete: true } });
      assert.match(report(read(digest)).markdown, /That waits since an earlier replacement/);
    });
    it("what is kept with retainOnDelete, or is only read, is not deleted", () => {
      const kept = waiting();
      kept.steps.at(-1)!.oldState!["retainOnDelete"] = true;
      passes(report(read(kept)));
      const external = waiting();
      external.steps.at(-1)!.op = "discard-replaced";
      passes(report(read(external)));
    });
    it("where the preview leaves it out, the stack's own state shows it", () => {
      const preview = read(digestOf([account("b")], [account("b"), policy(9)]));
      assert.equal(scopeOf(preview, [], true).pendingUnseen, true);
      const state = JSON.parse(exportOf([account("b")])) as { deployment: { resources: object[] } };
      const calm = scopeOf(preview, [readFleet(JSON.stringify(state))], false);
      assert.equal(calm.pendingUnseen, false);
      passes(report(preview, { scope: calm }));
      state.deployment.resources.push(waiting().steps.at(-1)!.oldState!);
      const scope = scopeOf(preview, [readFleet(JSON.stringify(state))], false);
      assert.match(stops(report(preview, { scope }), "mail-loss"), /`a@agents\.example\.com` is deleted/);
    });
    it("where neither shows it, the review says so first and cannot tell", () => {
      const preview = read(digestOf([account("b")], [account("b"), policy(9)]));
      const result = report(preview, { scope: scopeOf(preview, [], false) });
      const markdown = stops(result, "incomplete");
      assert.match(
        markdown.split("\n\n")[1]!,
        /has not seen what waits for its delete .*review --stack.*--fleet/,
      );
    });
    it("it can be known that there is none: a new stack, a preview that streams or was asked for it", () => {
      const made = digestOf([], [policy(9)]);
      made.steps[0] = { op: "create", urn: made.steps[0]!.urn, newState: made.steps[0]!.newState! };
      made.changeSummary = { create: 2 };
      const plain = digestOf([policy(9)], [policy(9)]);
      for (const preview of [read(made), readPreview(streamed(plain)), read(plain, { showsPending: true })])
        assert.equal(scopeOf(preview, [], false).pendingUnseen, false);
      assert.equal(scopeOf(read(plain), [], false).pendingUnseen, true);
    });
    it("of another stack's state, it stands as well", () => {
      const preview = read(digestOf([policy(300)], [policy(6)]));
      const other = readFleet(
        exportOf([account("x")], "customers", (entry) => {
          if (entry["custom"] === true) entry["delete"] = true;
        }),
      );
      stops(report(preview, { scope: scopeOf(preview, [other], true) }), "mail-loss");
    });
  });

  describe("C26: what is a secret or not known counts as on and as off", () => {
    const brake = (inputs: object) =>
      object("Rule", "r", {
        name: "r",
        trigger: "outbound",
        match: "any",
        conditions: [{ field: "from.address", is: "a@agents.example.com" }],
        actions: ["block"],
        enabled: true,
        ...inputs,
      });
    const edit = (from: object, to: object) => {
      const rest = [
        object("Workspace", "w", { name: "w", ruleIds: [{ ref: "r" }] }),
        account("a", { workspaceId: { ref: "w" } }),
      ];
      const differs = JSON.stringify(from) === JSON.stringify(to);
      return reviewOf([...rest, brake(from)], [...rest, { ...brake(to), updated: differs }]);
    };
    for (const [from, to] of [
      [true, false],
      [true, SECRET],
      [SECRET, SECRET],
      [true, UNKNOWN],
      [SECRET, false],
    ])
      it(`enabled of a brake: ${String(from)} → ${String(to)}`, () => {
        const markdown = stops(edit({ enabled: from }, { enabled: to }), "doors");
        if (to === SECRET || to === UNKNOWN) assert.doesNotMatch(markdown, /: switched (on|off)/);
      });
    for (const property of ["trigger", "actions", "match", "conditions", "includeMembers"])
      for (const value of [SECRET, UNKNOWN])
        it(`${property} of a brake becomes ${value === SECRET ? "a secret" : "unknown"}`, () => {
          const was = property === "includeMembers" ? { includeMembers: true } : {};
          stops(edit(was, { [property]: value }), "doors");
        });
    it("a brake that stays on, and names an account more, is none", () => {
      const more = ["a@agents.example.com", "b@agents.example.com"].map((is) => ({
        field: "from.address",
        is,
      }));
      assert.ok(!gatesOf(edit({}, { conditions: more })).includes("doors"));
    });
    const switches: [type: string, inputs: object, property: string, from: unknown][] = [
      ["ApiKey", { name: "k", principalId: "p-1", expiresAt: "2030-01-01T00:00:00Z" }, "enabled", false],
      [
        "Principal",
        { name: "p", boundTo: { workspace: "w-1" }, permissions: ["messages.read"] },
        "enabled",
        false,
      ],
      ["Webhook", { name: "w", url: "https://a.example/", triggers: ["message.created"] }, "paused", true],
    ];
    for (const [type, inputs, property, from] of switches)
      for (const [was, is] of [
        [from, SECRET],
        [SECRET, SECRET],
        [from, UNKNOWN],
      ])
        it(`${property} of ${type}: ${String(was)} → ${String(is)}`, () => {
          const [old, now] = [was, is].map((value) => object(type, "x", { ...inputs, [property]: value }));
          stops(reviewOf([old!], [{ ...now!, updated: was === is }]), "doors");
        });
    it("retired of an account that is taken off", () => {
      for (const to of [false, SECRET, UNKNOWN, undefined])
        stops(
          reviewOf(
            [account("a", { retired: true })],
            [account("a", to === undefined ? {} : { retired: to })],
          ),
          "unguard",
        );
      passes(reviewOf([account("a")], [account("a", { retired: true })]));
    });
    it("autoGroup of a workspace, forceDestroy and allowMailLoss", () => {
      const workspace = (inputs: object) =>
        object("Workspace", "w", { name: "w", domainName: "agents.example.com", ...inputs });
      for (const value of [SECRET, UNKNOWN]) {
        stops(reviewOf([workspace({ autoGroup: false })], [workspace({ autoGroup: value })]), "hand-over");
        stops(reviewOf([account("a")], [account("a", { forceDestroy: value })]), "unguard");
        stops(
          reviewOf([policy(9)], [{ ...policy(9), inputs: { ...policy(9).inputs, allowMailLoss: value } }]),
          "unguard",
        );
      }
    });
  });

  describe("C27: a secret may be another one, whatever changes beside it", () => {
    const beside: [string, object, object][] = [
      ["nothing", {}, {}],
      ["displayName", { displayName: "A" }, { displayName: "B" }],
      ["folders", { folders: ["a"] }, { folders: ["a", "b"] }],
      ["forceDestroy", {}, { forceDestroy: true }],
    ];
    for (const [title, from, to] of beside)
      it(`appPassword beside ${title}`, () => {
        const result = reviewOf(
          [account("a", { appPassword: SECRET, ...from })],
          [account("a", { appPassword: SECRET, ...to }, { updated: true })],
        );
        const markdown = stops(result, "doors");
        assert.match(markdown, title === "nothing" ? /gets another password/ : /may get another password/);
      });
    it("an account that stays as it is keeps it", () => {
      const one = account("a", { appPassword: SECRET });
      passes(reviewOf([one], [one]));
    });
  });

  describe("C29: each document is judged by itself", () => {
    const calm = () => digestOf([policy(9)], [policy(9)]);
    const harm = () => digestOf([account("a", { forceDestroy: true })], [], "prod");
    const line = (digest: object) => JSON.stringify(digest);
    const pretty = (digest: object) => JSON.stringify(digest, null, 4);
    const event = (sequence: number, fields: object) => JSON.stringify({ sequence, timestamp: 1, ...fields });
    const stream = () =>
      [event(0, { preludeEvent: {} }), event(1, { summaryEvent: { resourceChanges: {} } })].join("\n");
    const inputs: Record<string, () => string> = {
      "one to a line": () => [line(calm()), line(harm())].join("\n"),
      "between other lines of a log": () => ["npm notice", line(calm()), "done", line(harm())].join("\n"),
      "the first over several lines": () => [pretty(calm()), line(harm())].join("\n"),
      "the second over several lines": () => [line(calm()), pretty(harm())].join("\n"),
      "of a stack with nothing in it, and another": () =>
        [line({ config: {}, duration: 1 }), line(harm())].join("\n"),
      "two that stream": () => [stream(), stream()].join("\n"),
      "one that streams, and a whole one": () => [stream(), line(harm())].join("\n"),
      "a preview and an export": () => [line(calm()), exportOf([account("a")], "prod")].join("\n"),
      "two exports": () => [exportOf([account("a")]), exportOf([account("b")], "prod")].join("\n"),
    };
    for (const [title, input] of Object.entries(inputs))
      it(title, () => {
        assert.throws(() => readPreview(input()), /There are \d previews or exports in one input/);
        assert.throws(() => readFleet(input()), /There are \d previews or exports|This is neither/);
      });
    it("over several lines, both", () => {
      assert.throws(() => readPreview([pretty(calm()), pretty(harm())].join("\n")), /This is not what/);
    });
    it("steps of two stacks in one document", () => {
      const mixed = calm();
      const { steps } = harm();
      mixed.steps.push(...steps);
      mixed.changeSummary = { same: 3, delete: 1 };
      assert.match(stops(report(read(mixed)), "incomplete"), /holds steps of more than one stack/);
    });
    it("lines of another tool beside one document stay what they were", () => {
      const input = `${line({ level: "info", message: "npm" })}\n${line(calm())}\n`;
      assert.equal(report(readPreview(input)).markdown, report(read(calm())).markdown);
    });
  });

  describe("C38: a new workspace that gathers accounts of a domain in use", () => {
    const workspace = (inputs: object) =>
      object("Workspace", "w", { name: "w", domainName: "agents.example.com", ...inputs });
    for (const autoGroup of [true, SECRET, UNKNOWN])
      it(`autoGroup: ${String(autoGroup)}`, () => {
        stops(reviewOf([account("other")], [account("other"), workspace({ autoGroup })]), "hand-over");
      });
    it("not without it, and not of a domain that is registered with it", () => {
      passes(reviewOf([account("other")], [account("other"), workspace({ autoGroup: false })]));
      passes(
        reviewOf(
          [],
          [
            object("Domain", "d", { domainName: "agents.example.com" }),
            { ...workspace({ autoGroup: true }), dependsOn: ["d"] },
          ],
        ),
      );
    });
  });

  describe("C40: what a take-over declares is written by the next up", () => {
    const cases: [type: string, inputs: object, ...gates: Gate[]][] = [
      ["AgentAccount", { email: "boss@agents.example.com", workspaceId: "w-1" }, "hand-over", "mail-loss"],
      ["AgentAccount", { email: "boss@agents.example.com", appPassword: SECRET }, "doors"],
      ["Policy", { name: "p", limits: { inboxRetentionDays: 6 } }, "mail-loss"],
      ["Policy", { name: "p", limits: { dailyReceives: 1 } }, "drains"],
      ["Policy", { name: "p", spamDetection: { sensitivity: 9 } }, "drains"],
      ["Workspace", { name: "w", policyId: "p-1" }, "mail-loss", "drains"],
      ["Workspace", { name: "w", ruleIds: [] }, "doors"],
      [
        "Rule",
        { name: "r", trigger: "outbound", enabled: false, actions: ["block"], conditions: [] },
        "doors",
      ],
      ["Rule", { name: "r", actions: ["block"], conditions: [] }, "drains"],
      ["List", { name: "l", type: "domain", items: ["a.example"] }, "drains", "doors"],
      ["Webhook", { url: "https://evil.example/", triggers: ["message.created"] }, "hand-over"],
    ];
    for (const [type, inputs, ...gates] of cases)
      it(`${type} with ${Object.keys(inputs).slice(1).join()}`, () => {
        stops(reviewOf([], [object(type, "x", { ...inputs, adopt: true })]), ...gates);
      });
    it("what declares nothing of that passes", () => {
      passes(reviewOf([], [account("a", { adopt: true, displayName: "A" })]));
      passes(reviewOf([], [object("Domain", "d", { domainName: "agents.example.com", adopt: true })]));
      passes(reviewOf([], [object("Policy", "p", { name: "p", limits: { dailySends: 0 }, adopt: true })]));
    });
  });

  it("C9, C22, C28: a preview that lacks any of its steps is never calm", () => {
    const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 });
    fc.assert(
      fc.property(names, names, fc.nat(), fc.boolean(), (before, after, which, elsewhere) => {
        const whole = digestOf(
          before.map((name) => account(name)),
          after.map((name) => account(name)),
          elsewhere ? "customers" : "staging",
        );
        // The stack's own row says nothing of what it holds.
        whole.steps.splice(1 + (which % (whole.steps.length - 1)), 1);
        const cut = read(whole, { showsPending: true });
        const preview = elsewhere ? read(digestOf([], [policy(9)]), { showsPending: true }) : cut;
        stops(report(preview, { scope: scopeOf(preview, elsewhere ? [cut] : [], true) }), "incomplete");
      }),
      { numRuns: 100 },
    );
  });

  describe("G6: a list that a rule here looks into, and rules of other stacks may as well", () => {
    const stack = (...items: string[]) => [
      object("List", "l", { type: "address", items }),
      object("Rule", "star", {
        trigger: "inbound",
        match: "any",
        enabled: true,
        priority: 10,
        conditions: [{ field: "from.address", inList: [{ ref: "l" }] }],
        actions: ["markAsStarred"],
      }),
      object("Workspace", "w", { name: "w", ruleIds: [{ ref: "star" }] }),
      account("bot", { workspaceId: { ref: "w" } }),
    ];
    const [before, after] = [stack("a@x.example", "b@x.example"), stack("a@x.example")];
    it("an item that goes may have kept accounts from sending, or rescued mail", () => {
      const markdown = stops(reviewOf(before, after), "doors", "drains");
      assert.match(markdown, /Whether rules of other stacks .* by it is not known/);
    });
    it("so may the whole list, when it is deleted", () => {
      const unused = [object("List", "l", { type: "address", items: ["a@x.example"] })];
      stops(reviewOf(before, before.slice(2)), "doors", "drains");
      stops(reviewOf(unused, []), "doors", "drains");
    });
    it("passes where all stacks were handed in", () => {
      for (const next of [after, before.slice(2)]) {
        const preview = readPreview(previewOf(before, next), { showsPending: true });
        passes(report(preview, { scope: scopeOf(preview, [], true) }));
      }
    });
  });

  describe("G11: a folder that goes, and may be one that a rule of others puts mail into", () => {
    const stack = (folders: string[], inputs: object, ruleIds: unknown[] = []) => [
      object("Workspace", "w", { name: "w", ruleIds }),
      account("bot", { folders, ...inputs }),
    ];
    for (const [what, ...more] of [
      ["the workspace is another stack's", { workspaceId: "w-of-others" }],
      ["the default workspace is not managed here", {}],
      ["the workspace names another stack's rule", { workspaceId: { ref: "w" } }, ["rule-of-others"]],
    ] as [string, object, string[]?][])
      it(`is gated where ${what}`, () => {
        stops(reviewOf(stack(["Keep"], ...more), stack([], ...more)), "drains");
        passes(reviewOf(stack(["Keep"], ...more), stack(["Keep", "Other"], ...more)));
      });
    it("passes where every rule of its workspace is known", () => {
      const inside = { workspaceId: { ref: "w" } };
      passes(reviewOf(stack(["Keep"], inside), stack([], inside)));
    });
  });

  describe("G8: an entry that is looked up from now on", () => {
    const own = (kind: string, inputs: object) => {
      const entry = object(kind, "x", inputs);
      const digest = digestOf([entry], [entry]);
      return (op: string, id: string) => {
        for (const step of digest.steps.filter(({ urn }) => urn.endsWith("::x"))) {
          Object.assign(step, { op });
          Object.assign(step.newState!, { external: true, id });
        }
        return report(read({ ...digest, changeSummary: { same: 1, [op]: 1 } }, { showsPending: true }));
      };
    };
    it("is let go of, and said to be", () => {
      const { markdown, gates } = own("AgentAccount", { email: "a@agents.example.com" })("read", "id-x");
      assert.match(markdown, /Let go, and left as it is at Nylas: `a@agents\.example\.com`/);
      assert.deepEqual(gatesOf({ gates }), ["change"]);
    });
    it("guards the records of its domain no more", () => {
      const result = own("DomainVerification", { domainName: "agents.example.com", records: {} })(
        "read",
        "id-x",
      );
      stops(result, "mail-loss");
    });
    it("is deleted where another object is looked up in its place", () => {
      stops(own("AgentAccount", { email: "a@agents.example.com" })("read-replacement", "id-y"), "mail-loss");
    });
  });
});
