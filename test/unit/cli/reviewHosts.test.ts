/** Programs that the native plugin serves, and those that go from one host to the other. What the hosts say alike is held by ./hosts. */
import { strict as assert } from "node:assert";
import { page } from "../../../provider/cli/map/page";
import { declaredIn } from "../../../provider/cli/doctor/declared";
import * as map from "../../../provider/cli/map/state";
import { credentialsOf } from "../../../provider/review/credentials";
import { RECOMMENDED } from "../../../provider/review/gates";
import { readPreview } from "../../../provider/review/preview";
import { type Report, report } from "../../../provider/review/report";
import { scopeOf } from "../../../provider/review/scope";
import { type State } from "../../../provider/review/steps";
import { native } from "./hosts";
import { CALM, type Declared, fixture, gatesOf, object, previewOf, stops } from "./previews";

interface Entry {
  urn: string;
  type: string;
  provider?: string;
  custom: boolean;
  inputs: Record<string, unknown>;
}

interface Digest {
  steps: { op: string; urn: string; oldState?: Entry; newState?: Entry }[];
  changeSummary: Record<string, number>;
}

const fleet: Declared[] = [
  object("Policy", "outreach", { name: "acme/staging/outreach", limits: { dailySends: 50 } }),
  object("Workspace", "customer", { name: "acme/staging/customer", policyId: { ref: "outreach" } }),
  object("AgentAccount", "desk", { email: "desk@agents.example.com", workspaceId: { ref: "customer" } }),
  object("SmokeTest", "mail", { accountId: { ref: "desk" } }),
];

const read = (text: string): Digest => JSON.parse(text) as Digest;
const dynamic = (before: Declared[], after: Declared[]) => read(previewOf(before, after));
const plugin = (before: Declared[], after: Declared[]) => read(native(previewOf(before, after)));

/** The stack alone uses the application, and nothing waits for its delete. */
function reviewed(digest: Digest): Report {
  const preview = readPreview(JSON.stringify(digest), { showsPending: true });
  return report(preview, { scope: scopeOf(preview, [], true) });
}

/** The steps by which one host's resources become the other's: each state is of its own host. */
function moved(from: Digest, to: Digest, aliased: boolean): Digest {
  const [stack, ...before] = from.steps;
  const after = to.steps.slice(1);
  if (!aliased) {
    const steps = [
      stack!,
      ...after.map(({ urn, newState }) => ({ op: "create", urn, newState: newState! })),
      ...before.map(({ urn, oldState }) => ({ op: "delete", urn, oldState: oldState! })),
    ];
    return { steps, changeSummary: { same: 1, create: after.length, delete: before.length } };
  }
  const op = after.some(({ newState }) => newState?.type.startsWith("nylas:")) ? "same" : "update";
  const steps = after.map(({ urn, newState }, at) => ({
    op,
    urn,
    oldState: before[at]!.oldState!,
    newState: newState!,
  }));
  const summary = op === "same" ? { same: steps.length + 1 } : { same: 1, update: steps.length };
  return { steps: [stack!, ...steps], changeSummary: summary };
}

describe("the review of native resources", () => {
  it("gates the delete of a mailbox", () => {
    const { markdown, gates } = reviewed(plugin(fleet, fleet.slice(0, 2)));
    assert.match(markdown, /The mailbox `desk@agents\.example\.com` is deleted with all its mail\./);
    assert.ok(gatesOf({ gates }).includes("mail-loss"));
    assert.ok(!gatesOf({ gates }).includes("incomplete"));
  });

  it("loses nothing where resources go from dynamic to native by their aliases", () => {
    const result = reviewed(moved(dynamic(fleet, fleet), plugin(fleet, fleet), true));
    assert.deepEqual(result.gates, []);
    assert.match(result.markdown, /\*\*Nothing changes\.\*\*/);
  });

  it("calls the updates of the way back a change, and no loss", () => {
    const result = reviewed(moved(plugin(fleet, fleet), dynamic(fleet, fleet), true));
    assert.deepEqual(gatesOf(result), ["change"]);
    assert.ok(result.markdown.includes(CALM));
  });

  for (const [way, from, to] of [
    ["native to dynamic", plugin, dynamic],
    ["dynamic to native", dynamic, plugin],
  ] as const) {
    it(`gates a way from ${way} without an alias, and proposes aliases that are right`, () => {
      const digest = moved(
        from(fleet.slice(0, 3), fleet.slice(0, 3)),
        to(fleet.slice(0, 3), fleet.slice(0, 3)),
        false,
      );
      // What is made is named by nothing that is known yet.
      for (const { op, newState } of digest.steps)
        if (op === "create" && newState?.type.endsWith(":AgentAccount"))
          delete newState.inputs["workspaceId"];
      const markdown = stops(reviewed(digest), "rename");
      const old = digest.steps.find(({ op, urn }) => op === "delete" && urn.includes(":AgentAccount::"))!.urn;
      assert.ok(markdown.includes(`aliases: [${JSON.stringify(old)}]`), markdown);
    });
  }

  const EU = "urn:pulumi:staging::acme::pulumi:providers:nylas::eu::provider-id";

  it("takes a mailbox that one provider deletes and another one makes for two", () => {
    const digest = moved(plugin(fleet.slice(2, 3), []), plugin([], fleet.slice(2, 3)), false);
    const created = read(native(previewOf([], fleet.slice(2, 3)))).steps[1]!;
    const deleted = read(native(previewOf(fleet.slice(2, 3), []))).steps[1]!;
    created.newState!.provider = EU;
    digest.steps = [digest.steps[0]!, created, deleted];
    digest.changeSummary = { same: 1, create: 1, delete: 1 };
    stops(reviewed(digest), "mail-loss");
  });

  it("reads the word for a delete off the provider that serves the mailbox, and off no other", () => {
    const digest = plugin(fleet, fleet.slice(0, 2)) as Digest & { config?: object };
    const word = JSON.stringify(["account:desk@agents.example.com"]);
    digest.config = { "nylas:forceDestroy": word };
    const withMail = /it goes even with mail in it/;
    assert.match(reviewed(digest).markdown, withMail);
    for (const { oldState, newState } of digest.steps)
      for (const state of [oldState, newState]) if (state?.custom) state.provider = EU;
    assert.doesNotMatch(reviewed(digest).markdown, withMail);
    const state = {
      urn: EU.replace(/::[^:]*$/, ""),
      type: "pulumi:providers:nylas",
      custom: true,
      inputs: { forceDestroy: word },
    };
    digest.steps.push({ op: "same", urn: state.urn, oldState: state, newState: state });
    digest.changeSummary["same"]! += 1;
    assert.match(stops(reviewed(digest), "mail-loss"), withMail);
  });

  it("cannot tell of which application an object is from then on that goes to another provider", () => {
    for (const side of ["oldState", "newState"] as const) {
      const digest = plugin(fleet, fleet);
      for (const step of digest.steps) if (step[side]?.custom) step[side].provider = EU;
      assert.match(stops(reviewed(digest), "incomplete"), /`provider` changes/);
    }
    const digest = plugin(fleet, fleet);
    for (const { oldState, newState } of digest.steps)
      for (const state of [oldState, newState]) if (state?.custom) state.provider = EU;
    assert.deepEqual(reviewed(digest).gates, []);
  });

  it("gates what stands under a provider whose arguments are not known yet: the engine has not asked it", () => {
    const account = (email: string) => object("AgentAccount", "desk", { email });
    const digest = plugin([account("desk@agents.example.com")], [account("other@agents.example.com")]);
    const before = { apiKey: "[secret]", apiUrl: "https://api.example.com" };
    const gated = (type: string, after: object) => {
      const urn = `urn:pulumi:staging::acme::${type}::eu`;
      const step = {
        op: "update",
        urn,
        oldState: { urn, type, custom: true, inputs: before },
        newState: { urn, type, custom: true, inputs: { ...before, ...after } },
      };
      const steps = structuredClone(digest.steps);
      for (const { oldState, newState } of steps)
        for (const state of [oldState, newState]) if (state?.custom) state.provider = `${urn}::id`;
      return reviewed({
        ...digest,
        steps: [...steps, step],
        changeSummary: { ...digest.changeSummary, update: 2 },
      });
    };
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const type = "pulumi:providers:nylas";
    assert.match(stops(gated(type, { auditLog: unknown }), "incomplete"), /may be a replacement/);
    stops(gated(type, { dnsServers: [`${unknown}:53`] }), "incomplete");
    assert.ok(!gatesOf(gated(type, { auditLog: "log" })).includes("incomplete"));
    // Those of the DNS vendors' providers too: a record in another zone is a replacement.
    const record = (zoneId: string) =>
      object("cloudflare:index/dnsRecord:DnsRecord", "mx", {
        zoneId,
        type: "MX",
        name: "agents.example.com",
      });
    Object.assign(digest, dynamic([record("one")], [record("two")]));
    stops(gated("pulumi:providers:cloudflare", { apiToken: unknown }), "incomplete");
  });

  it("says that it does not know a kind of a later version", () => {
    for (const type of ["nylas:index:Signature", "nylas:mail/signature:Signature"]) {
      const made = reviewed(dynamic([], [object(type, "footer")]));
      assert.ok(
        gatesOf(made).some((gate) => RECOMMENDED.includes(gate)),
        type,
      );
    }
    // A component of the program, under a name like ours.
    const own = reviewed(dynamic([], [object("nylas:acme:Team", "team", {}, { component: true })]));
    assert.deepEqual(gatesOf(own), ["change"]);
  });

  it("knows default providers by their names, and explicit ones by their places", () => {
    const served = (provider: string, inputs = {}) =>
      credentialsOf({ inputs, provider: `urn:pulumi:staging::acme::${provider}` });
    assert.equal(served("pulumi:providers:nylas::default_1_0_0"), "");
    assert.equal(served("pulumi:providers:pulumi-nodejs::default"), "");
    assert.equal(served("pulumi:providers:pulumi-nodejs::default", { connection: "eu" }), "eu");
    const explicit = [
      "pulumi:providers:nylas::eu",
      "acme:index:Team$pulumi:providers:nylas::eu",
      "pulumi:providers:nylas::us",
      // The program's own, and not the engine's.
      "pulumi:providers:nylas::default-eu",
      "pulumi:providers:nylas::default_eu",
    ];
    assert.equal(new Set(["", "eu", ...explicit.map((each) => served(each))]).size, 7);
    const ofEngine = [
      "default",
      "default_1_0_0_alpha_1",
      "default_1_0_0_https_/example.com",
      "default_https_/a",
    ];
    for (const name of ofEngine) assert.equal(served(`pulumi:providers:nylas::${name}`), "", name);
  });
});

describe("the state of native resources", () => {
  it("is drawn by map as that of dynamic ones is", () => {
    for (const text of [fixture("edits.json"), fixture("new.json"), previewOf(fleet, fleet)])
      assert.equal(page(map.readFleet(native(text))), page(map.readFleet(text)));
  });

  it("is declared to doctor as that of dynamic ones is; an explicit provider is another connection", () => {
    const states = (text: string) =>
      readPreview(text).steps.flatMap(({ old, new: made }): State[] => [
        ...(old ? [old] : []),
        ...(made ? [made] : []),
      ]);
    const text = previewOf(
      [
        ...fleet,
        object("Domain", "agents", { domainName: "agents.example.com" }),
        object("DomainVerification", "agents", { domainName: "agents.example.com", domainId: "id-agents" }),
        object(
          "pulumi-nylas:index:Tenant",
          "acme",
          {},
          { component: true, outputs: { accountsOn: "own", status: "ready" } },
        ),
        object("AgentAccount", "acme/bot", { email: "bot@agents.example.com" }, { parent: "acme" }),
      ],
      [],
    );
    const [one, other] = [declaredIn(states(text), undefined), declaredIn(states(native(text)), undefined)];
    assert.deepEqual(other, one);
    assert.deepEqual(
      other.accounts.map(({ email }) => email),
      ["desk@agents.example.com", "bot@agents.example.com"],
    );
    assert.deepEqual(
      other.tenants.map(({ name }) => name),
      ["acme"],
    );
    const explicit = states(native(text)).map((state) => ({
      ...state,
      provider: "urn:pulumi:staging::acme::pulumi:providers:nylas::eu",
    }));
    assert.deepEqual(declaredIn(explicit, undefined).accounts, []);
    assert.deepEqual(declaredIn(explicit, undefined).connections, ["eu"]);
    assert.equal(declaredIn(explicit, "eu").accounts.length, 2);
  });
});
