import assert from "node:assert/strict";
import { type Inputs, describeConformance } from "./conformance";
import { unknown } from "./harness";
import { type Declared } from "./stack";
import {
  account,
  declare,
  done,
  openWorld,
  refused,
  succeeded,
  workspace,
  type World,
  writesOf,
} from "./world";

const principal = (name: string, inputs: Inputs, more?: Partial<Declared>) =>
  declare("Principal", name, inputs, more);
const apiKey = (name: string, inputs: Inputs, more?: Partial<Declared>) =>
  declare("ApiKey", name, inputs, more);

const patch = (text: string) => [`PATCH /v3/iam/principals/:id {${text}}`];

describeConformance({
  type: "Principal",
  declare: principal,
  beside: [workspace("one"), workspace("two")],
  least: { name: "Subject", boundTo: { workspace: (of) => of("one").id } },
  whole: {
    name: "Subject",
    description: "Customer A",
    boundTo: { workspace: (of) => of("one").id },
    roles: ["role_system_messages_reader"],
    permissions: ["messages.read", "messages.send"],
    enabled: true,
  },
  created: [
    'POST /v3/iam/principals {"name":"Subject","description":"Customer A","status":"active","roles":["role_system_messages_reader"],' +
      '"direct_permissions":["messages.read","messages.send"],"resource_binding":{"type":"workspace","id":"ONE"}}',
  ],
  edits: [
    [{ name: "Renamed" }, patch('"name":"Renamed"')],
    [{ description: "Less" }, patch('"description":"Less"')],
    [{ description: undefined }, patch('"description":""')],
    [
      { boundTo: { workspace: (of) => of("two").id } },
      patch('"resource_binding":{"type":"workspace","id":"TWO"}'),
    ],
    [{ roles: undefined }, patch('"roles":[]')],
    [{ permissions: ["messages.send", "messages.read", "messages.read"] }, []],
    [{ permissions: ["messages.read"] }, patch('"direct_permissions":["messages.read"]')],
    [{ enabled: false }, patch('"status":"disabled"')],
  ],
  drift: {
    by: ({ sim }, id) =>
      sim.edit("principal", id, { status: "disabled", direct_permissions: ["messages.delete"] }),
    writes: patch('"status":"active","direct_permissions":["messages.read","messages.send"]'),
  },
  remove: ({ sim }, id) => sim.remove("principal", id),
  bad: [
    [{ name: "" }, "name"],
    [{ name: "x".repeat(129) }, "name"],
    [{ name: " padded " }, "name"],
    [{ description: "x".repeat(1025) }, "description"],
    [{ boundTo: undefined }, "boundTo"],
    [{ boundTo: "ws-1" }, "boundTo"],
    [{ boundTo: {} }, "boundTo"],
    [{ boundTo: { workspace: "a", account: "b" } }, "boundTo"],
    [{ boundTo: { grant: "a" } }, "boundTo"],
    [{ boundTo: { workspace: "a b" } }, "boundTo.workspace"],
    [{ roles: "admin" }, "roles"],
    [{ roles: [""] }, "roles[0]"],
    [{ permissions: ["messages"] }, "permissions[0]"],
    [{ permissions: ["messages read"] }, "permissions[0]"],
    [{ enabled: "active" }, "enabled"],
    [{ organizationId: "x" }, ""],
  ],
});

const SOON = "2030-06-30T00:00:00Z";
const LATER = "2031-06-30T02:00:00+02:00";
const seconds = (text: string) => Date.parse(text) / 1000;

describeConformance({
  type: "ApiKey",
  declare: apiKey,
  beside: [
    workspace("one"),
    principal("owner", { boundTo: { workspace: (of) => of("one").id } }),
    principal("other", { boundTo: { workspace: (of) => of("one").id } }),
  ],
  least: { name: "Subject", principalId: (of) => of("owner").id, expiresAt: SOON },
  whole: {
    name: "Subject",
    principalId: (of) => of("owner").id,
    expiresAt: SOON,
    enabled: true,
    rotateWhenChanged: { quarter: "1" },
  },
  created: [`POST /v3/iam/principals/:id/credentials {"name":"Subject","expires_at":${seconds(SOON)}}`],
  edits: [
    [{ name: "Renamed" }, ['PATCH /v3/iam/principals/:id/credentials/:id {"name":"Renamed"}']],
    [{ enabled: false }, ['PATCH /v3/iam/principals/:id/credentials/:id {"status":"disabled"}']],
    // The same moment, said otherwise.
    [{ expiresAt: "2030-06-30T02:00:00+02:00" }, []],
  ],
  replacing: [
    { change: { expiresAt: LATER }, writes: replaced(LATER) },
    { change: { rotateWhenChanged: { quarter: "2" } }, writes: replaced(SOON) },
    { change: { principalId: (of) => of("other").id }, writes: replaced(SOON) },
  ],
  drift: {
    by: ({ sim }, id) => sim.edit("credential", id.split("/")[1]!, { status: "disabled" }),
    writes: ['PATCH /v3/iam/principals/:id/credentials/:id {"status":"active"}'],
  },
  remove: ({ sim }, id) => sim.remove("credential", id.split("/")[1]!),
  bad: [
    [{ principalId: undefined }, "principalId"],
    [{ principalId: "a/b" }, "principalId"],
    [{ expiresAt: undefined }, "expiresAt"],
    ...["tomorrow", "2030-06-30", "2030-06-30T00:00:00", "2030-13-01T00:00:00Z", "2030-06-30T25:00:00Z"].map(
      (expiresAt): [Inputs, string] => [{ expiresAt }, "expiresAt"],
    ),
    [{ expiresAt: 1_900_000_000 }, "expiresAt"],
    [{ expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
    [{ expiresAt: "2050-01-01T00:00:00Z" }, "expiresAt"],
    [{ name: "" }, "name"],
    [{ enabled: 1 }, "enabled"],
    [{ rotateWhenChanged: ["q1"] }, "rotateWhenChanged"],
    [{ secret: "mine" }, ""],
  ],
});

/** The new one is there before the old one goes. */
function replaced(expiresAt: string): string[] {
  return [
    `POST /v3/iam/principals/:id/credentials {"name":"Subject","expires_at":${seconds(expiresAt)}}`,
    "DELETE /v3/iam/principals/:id/credentials/:id",
  ];
}

describe("a tenant's key", () => {
  const world = openWorld();
  const EMAIL = "bot@acme.nylas.email";
  const program = (inputs: Inputs = {}): Declared[] => [
    workspace("a"),
    workspace("b"),
    account("bot", { email: EMAIL, workspaceId: (of) => of("a").id, forceDestroy: true }),
    principal("tenant", {
      boundTo: { workspace: (of) => of("a").id },
      roles: ["role_system_messages_reader"],
    }),
    apiKey("key", { principalId: (of) => of("tenant").id, expiresAt: SOON, ...inputs }),
  ];
  const read = async (of: World, secret: unknown) => {
    const grant = of.sim.state().grants.find(({ email }) => email === EMAIL)!;
    const answer = await fetch(`${of.sim.url}/v3/grants/${grant.id}/messages?limit=1`, {
      headers: { authorization: `Bearer ${String(secret)}` },
    });
    return answer.status;
  };

  it("reads the mail of the workspace it is bound to, and no longer when the account has moved away", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply(program()));
    const { secret } = stack.find("key").outputs;
    assert.equal(await read(world, secret), 200);
    sim.edit("grant", stack.find("bot").id, { workspace_id: stack.find("b").id });
    assert.equal(await read(world, secret), 403);
  });

  it("is rotated by making the new one first: at no time is there none, and the old one ends", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply(program({ rotateWhenChanged: { quarter: "1" } })));
    const { secret } = stack.find("key").outputs;
    succeeded(await stack.apply(program({ rotateWhenChanged: { quarter: "2" } })));
    const { secret: rotated } = stack.find("key").outputs;
    assert.notEqual(rotated, secret);
    assert.equal(await read(world, rotated), 200);
    assert.equal(await read(world, secret), 401);
    const { id } = stack.find("tenant");
    assert.equal(sim.state().credentials.filter((each) => each.principal_id === id).length, 1);
  });

  it("keeps its secret through a refresh and a change of name", async () => {
    const { stack } = world;
    succeeded(await stack.apply(program()));
    const { secret } = stack.find("key").outputs;
    succeeded(await stack.refresh());
    succeeded(await stack.apply(program({ name: "Renamed" })));
    assert.equal(stack.find("key").outputs.secret, secret);
    assert.equal(await read(world, secret), 200);
  });

  it("whose answer was lost after the create is made once more, and the lost one does not stay", async () => {
    const { stack, sim } = world;
    sim.addFault({ path: "/credentials$", method: "POST", kind: "reset", when: "after" });
    succeeded(await stack.apply(program()));
    assert.equal(await read(world, stack.find("key").outputs.secret), 200);
    const { id } = stack.find("tenant");
    assert.equal(sim.state().credentials.filter((each) => each.principal_id === id).length, 1);
  });

  it("that expired is no mistake of the program, and is replaced by another moment", async () => {
    const { stack } = world;
    succeeded(await stack.apply(program()));
    const plugin = await world.plugin();
    const { inputs } = stack.find("key");
    const old = { ...inputs, expiresAt: "2020-01-01T00:00:00Z" };
    assert.deepEqual((await plugin.check("ApiKey", old, old)).failures, []);
    assert.equal(
      (await plugin.check("ApiKey", old, { ...old, expiresAt: "2021-01-01T00:00:00Z" })).failures.length,
      1,
    );
    assert.deepEqual((await plugin.check("ApiKey", {}, { ...old, expiresAt: unknown })).failures, []);
  });

  it("goes with its principal, without an error", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply(program()));
    sim.remove("principal", stack.find("tenant").id);
    assert.deepEqual(done(succeeded(await stack.refresh())), ["gone tenant", "gone key"]);
    succeeded(await stack.apply(program()));
    succeeded(await stack.destroy());
    assert.deepEqual(
      sim.state().principals.filter(({ name }) => name.startsWith("project/")),
      [],
    );
  });

  it("can be made whatever name its secret comes under", async () => {
    const { stack, sim } = world;
    sim.configure({ credentialSecretField: "api_key" });
    succeeded(await stack.apply(program()));
    assert.equal(await read(world, stack.find("key").outputs.secret), 200);
  });

  it("cannot be made with the application's key, and says which key it needs", async () => {
    const { stack, sim } = world;
    stack.config = { ...world.config, "nylas:organizationKey": sim.keys.secondApiKey };
    refused(
      await stack.apply([principal("p", { boundTo: { application: sim.ids.application } })]),
      "iam.principals.read",
      "role_system_iam_admin",
    );
    stack.config = Object.fromEntries(
      Object.entries(world.config).filter(([key]) => key !== "nylas:organizationKey"),
    );
    refused(
      await stack.apply([principal("p", { boundTo: { application: sim.ids.application } })]),
      "nylas:organizationKey is not set",
    );
  });

  it("where the routes are not there says that they are new, and makes nothing", async () => {
    const { stack, sim } = world;
    sim.configure({ iamRoutes: "gone" });
    refused(
      await stack.apply([principal("p", { boundTo: { application: sim.ids.application } })]),
      "not everybody has it yet",
    );
    assert.deepEqual(writesOf(sim), []);
  });

  it("of another organization is not taken for gone", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([principal("p", { boundTo: { application: sim.ids.application } })]));
    stack.config = { ...world.config, "nylas:organizationKey": sim.keys.otherOrganizationKey };
    const report = await stack.refresh();
    assert.match(report.errors[0]?.message ?? "", /this state is of organization/);
    assert.equal(stack.state.length, 1);
  });

  it("is bound anew with a word of warning", async () => {
    const { stack } = world;
    succeeded(await stack.apply(program()));
    const report = await stack.preview(
      program().map((each) =>
        each.name === "tenant"
          ? { ...each, inputs: { ...each.inputs, boundTo: { workspace: (of) => of("b").id } } }
          : each,
      ),
    );
    assert.match(report.warnings.join(), /is bound to workspace .* from then on/);
  });

  it("that may do less says that people's sessions may end, and one that may do more does not", async () => {
    const { stack } = world;
    const given = (permissions: string[], enabled = true) =>
      program().map((each) =>
        each.name === "tenant" ? { ...each, inputs: { ...each.inputs, permissions, enabled } } : each,
      );
    const isSaid = async (next: Declared[]) =>
      /may do less .* their sessions may end/.test((await stack.preview(next)).warnings.join());
    assert.equal(await isSaid(given(["messages.read"])), false, "a new one");
    succeeded(await stack.apply(given(["messages.read", "threads.read"])));
    assert.equal(await isSaid(given(["messages.read", "threads.read", "folders.read"])), false);
    assert.equal(await isSaid(given(["messages.read"])), true);
    assert.equal(await isSaid(given(["messages.read", "threads.read"], false)), true);
  });
});
