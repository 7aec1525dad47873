import { strict as assert } from "node:assert";
import { type Result } from "./harness";
import { closeScenes, mailbox, openScene, recorded, refused, says, succeeded, writesOf } from "./scene";

describe("a mailbox that holds mail", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  const EMAIL = "bot@acme.nylas.email";

  /** A parent that is deleted before it is made anew: what depends on it sees unknown values in a real up. */
  const parent = `
    const provider: pulumi.dynamic.ResourceProvider = {
      async create(inputs) { return { id: "parent", outs: inputs }; },
      async update(_id, _olds, news) { return { outs: news }; },
      async diff(_id, olds, news) {
        const replaced = olds.generation !== news.generation;
        return { changes: replaced || olds.email !== news.email, replaces: replaced ? ["generation"] : [], deleteBeforeReplace: true };
      },
    };
    class Parent extends pulumi.dynamic.Resource {
      declare readonly email: pulumi.Output<string>;
      declare readonly shown: pulumi.Output<string>;
      constructor(args: { email: string; shown: string; generation: number }) { super(provider, "parent", args); }
    }
    class Group extends pulumi.ComponentResource {
      constructor(name: string) { super("test:index:Group", name); }
    }
  `;
  interface Edit {
    generation?: number;
    email?: string;
    account?: string;
    accountOptions?: string;
    domainOfA?: string;
    workspace?: string;
    withoutAccount?: boolean;
    withoutWorkspaces?: boolean;
    forceDestroy?: boolean;
    policyOfA?: string;
    extra?: string;
  }
  const program = (edit: Edit = {}) => `
    ${parent}
    const parent = new Parent({ email: "${edit.email ?? EMAIL}", shown: "Acme bot", generation: ${edit.generation ?? 1} });
    const long = new nylas.NylasPolicy("long", { limits: { inboxRetentionDays: 300 } });
    const short = new nylas.NylasPolicy("short", { limits: { inboxRetentionDays: 5, spamRetentionDays: 1 } });
    ${
      edit.withoutWorkspaces
        ? ""
        : `const a = new nylas.NylasWorkspace("a", { domainName: "${edit.domainOfA ?? "acme.nylas.email"}", policyId: ${edit.policyOfA ?? "long.id"} });
           const b = new nylas.NylasWorkspace("b", { policyId: short.id });`
    }
    ${edit.extra ?? ""}
    ${
      edit.withoutAccount
        ? ""
        : `new nylas.AgentAccount("${edit.account ?? "bot"}", {
             email: parent.email,
             displayName: parent.shown,
             ${edit.workspace === "none" ? "" : `workspaceId: ${edit.workspace ?? "a.id"},`}
             ${edit.forceDestroy ? "forceDestroy: true," : ""}
           }, ${edit.accountOptions ?? "{}"});`
    }
  `;

  it("outlives every edit of the program short of forceDestroy, which then ends it in two steps", async () => {
    const scene = await openScene({ program: program() });
    const { sim, stack, declare } = scene;
    succeeded(await stack.up());
    const { id } = mailbox(sim, EMAIL)!;
    sim.addMessage({ grant: id, subject: "fresh" });
    sim.addMessage({ grant: id, subject: "three months old", ageSeconds: 90 * 86_400 });
    const urn = () => stack.resource("bot")!.urn;
    const workspaceOf = () => sim.state().grants.find((grant) => grant.id === id)!.workspace_id;

    /** Nothing of the mailbox is gone, at Nylas or in the state. */
    const stands = (after: Result, entry = "bot") => {
      const now = mailbox(sim, EMAIL);
      assert.deepEqual(now, { id, subjects: ["fresh", "three months old"] }, after.text);
      assert.deepEqual(sim.state().lostMail, [], after.text);
      assert.ok(!writesOf(sim).includes("DELETE /v3/grants/:id"), after.text);
      assert.ok(recorded(stack).includes(`${entry} ${id}`), `${recorded(stack).join(", ")}\n${after.text}`);
    };

    // Another name, another place, without an alias.
    declare(program({ account: "robot" }));
    stands(refused(await stack.up("--continue-on-error"), "aliases"));
    declare(program({ extra: `const group = new Group("group");`, accountOptions: "{ parent: group }" }));
    stands(refused(await stack.up("--continue-on-error"), "aliases"));
    stands(refused(await stack.up("--target", urn()), "kept"));

    // Another address.
    declare(program({ email: "other@acme.nylas.email" }));
    stands(refused(await stack.up(), "email", "forceDestroy: true", "In a change of its own".toLowerCase()));
    declare(program({ email: "other@acme.nylas.email", forceDestroy: true }));
    stands(refused(await stack.up("--continue-on-error"), "would replace the account"));

    // A parent that is replaced makes every value unknown in between.
    declare(program({ generation: 2 }));
    stands(succeeded(await stack.up()));
    declare(program({ generation: 3, email: "other@acme.nylas.email" }));
    stands(refused(await stack.up("--continue-on-error")));
    declare(program({ generation: 3 }));
    stands(succeeded(await stack.up()));
    assert.equal(mailbox(sim, "other@acme.nylas.email"), undefined);

    // The engine asked to replace it all the same.
    stands(refused(await stack.up("--replace", urn())));

    // A workspace that is replaced takes its accounts along.
    const old = workspaceOf();
    declare(program({ generation: 3, domainOfA: "agents.example.com" }));
    stands(succeeded(await stack.up()));
    assert.equal(workspaceOf(), stack.resource("a")!.id);
    assert.notEqual(workspaceOf(), old);

    // To a workspace, to a policy that keep mail for five days.
    const moved = { generation: 3, domainOfA: "agents.example.com" };
    declare(program({ ...moved, workspace: "b.id" }));
    stands(refused(await stack.up(), "would delete mail", "300 → 5", "allowMailLoss: true on the account"));
    declare(program({ ...moved, policyOfA: "short.id" }));
    stands(refused(await stack.up(), "would delete mail", "allowMailLoss: true on the workspace"));

    // Out of the program, with its workspaces; and everything at once.
    declare(program({ ...moved, withoutAccount: true }));
    stands(refused(await stack.up("--continue-on-error"), "its mailbox holds mail", "nylas:forceDestroy"));
    declare(program({ ...moved, withoutAccount: true, withoutWorkspaces: true }));
    stands(refused(await stack.up("--continue-on-error"), "its mailbox holds mail"));
    stands(refused(await stack.destroy("--target", urn()), "its mailbox holds mail"));
    // (Not with --continue-on-error as well: the engine then deletes what the kept account depends on, and breaks its state.)
    stands(refused(await stack.destroy("--run-program"), "its mailbox holds mail"));
    stands(refused(await stack.destroy("--continue-on-error"), "its mailbox holds mail"));

    // The word in one change, the end in the next.
    declare(program({ ...moved, forceDestroy: true }));
    stands(succeeded(await stack.up()));
    declare(program({ ...moved, withoutAccount: true }));
    const ended = succeeded(await stack.up());
    says(ended, "bot deleted");
    assert.equal(mailbox(sim, EMAIL), undefined);
    assert.deepEqual(
      sim.state().lostMail.map(({ subject, reason }) => `${subject}: ${reason}`),
      ["fresh: grant deleted", "three months old: grant deleted"],
    );
  });
});
