import { strict as assert } from "node:assert";
import { sendFrom } from "../sending";
import * as pulumi from "@pulumi/pulumi";
import { type Simulator } from "nylas-simulator";
import { type TenantArgs } from "pulumi-nylas";
import { onboardTenant, OnboardingError, type OnboardingOptions } from "pulumi-nylas/onboarding";
import { itInLongRun } from "./longRun";
import { type OnboardingService, openOnboardingService } from "./onboardingService";
import { writesOf } from "./scene";

const TRIAL = "acme.nylas.email";
const ADDRESS = `t-s@${TRIAL}`;

/** Nobody reads a preview of `onboardTenant`. Every assertion is on what mailboxes receive, and on who can send. */
describe("an onboarding call that opens something, or turns mail away", function () {
  this.timeout(300_000);

  let service: OnboardingService;
  let sim: Simulator;
  let workDir: string;
  let settings: Record<string, string>;

  beforeEach(async () => {
    service = await openOnboardingService();
    ({ sim, workDir } = service);
    settings = service.settings;
  });
  afterEach(() => service.close());

  const onboard = (tenant: Partial<TenantArgs>, more: Partial<OnboardingOptions> = {}) =>
    onboardTenant(TRIAL, "s", { workDir, name: "t", tenant, env: settings, ...more });
  const send = () => sendFrom(sim, ADDRESS);
  const receives = () =>
    sim.receive({ grant: ADDRESS, from: "boss@customer.example", subject: "Contract" }) !== null;

  /** Refused before anything was written; what `allow` takes. */
  async function refused(call: Promise<unknown>, ...expected: RegExp[]): Promise<string[]> {
    sim.clearRequests();
    let error: unknown;
    await call.catch((caught: unknown) => (error = caught));
    assert.ok(error instanceof OnboardingError, `it was not refused: ${String(error)}`);
    assert.deepEqual(writesOf(sim), []);
    const words = error.takesAway.map(({ word }) => word);
    assert.equal(words.length, expected.length, error.message);
    for (const form of expected)
      assert.ok(
        words.some((word) => form.test(word)),
        words.join(),
      );
    return words;
  }

  itInLongRun(
    "A13: a block rule switched off by a secret is refused, and lets mail out only with its word",
    async () => {
      const tenant = (on: boolean): Partial<TenantArgs> => ({
        rules: {
          out: {
            trigger: "outbound",
            conditions: [{ field: "from.domain", is: TRIAL }],
            actions: ["block"],
            enabled: pulumi.secret(on),
          },
        },
      });
      await onboard(tenant(true));
      assert.equal(await send(), 403);
      assert.equal((await onboard(tenant(true))).changed, false);

      const allow = await refused(onboard(tenant(false)), /^rule:t\/out\.enabled@/);
      assert.equal(await send(), 403);
      assert.equal((await onboard(tenant(false), { allow })).changed, true);
      assert.equal(await send(), 200);

      // The word was for that one change.
      await onboard(tenant(true), {
        allow: await refused(onboard(tenant(true), { allow }), /^rule:t\/out\.enabled@/),
      });
      assert.equal(await send(), 403);
      await refused(onboard(tenant(false), { allow }), /^rule:t\/out\.enabled@/);
      assert.equal(await send(), 403);
    },
  );

  itInLongRun("B7: a limit of no sends is lifted only with its word", async () => {
    const tenant = (dailySends: number): Partial<TenantArgs> => ({ policy: { limits: { dailySends } } });
    await onboard(tenant(0));
    assert.equal(await send(), 429);
    const allow = await refused(onboard(tenant(50)), /^policy:t\.limits/);
    assert.equal(await send(), 429);
    await onboard(tenant(50), { allow });
    assert.equal(await send(), 200);
  });

  itInLongRun(
    "B10: the first call makes no workspace that gathers accounts of others without its word",
    async () => {
      const tenant: Partial<TenantArgs> = {
        workspace: { name: "Customer T", domainName: TRIAL, autoGroup: true },
      };
      const allow = await refused(onboard(tenant), /^workspace:t@/);
      assert.equal(sim.state().workspaces.filter(({ name }) => name === "Customer T").length, 0);
      await onboard(tenant, { allow });
      assert.equal(sim.state().workspaces.filter(({ auto_group }) => auto_group).length, 1);
    },
  );

  itInLongRun(
    "A14: a rule or a policy that turns all mail away, and an opened IMAP, are refused without their words",
    async () => {
      const all: Partial<TenantArgs> = {
        rules: { in: { conditions: [{ field: "from.domain", isNot: "x.example" }], actions: ["block"] } },
      };
      await onboard({});
      assert.ok(receives());
      await refused(onboard(all), /^workspace:t\.ruleIds@/);
      await refused(onboard({ policy: { limits: { dailyReceives: 0 } } }), /^workspace:t\.policyId@/);
      await refused(
        onboard({}, { account: { appPassword: "Abcdefgh1234567890123" } }),
        /^account:t\/s@trial\.appPassword@/,
      );
      assert.ok(receives());
      // What takes nothing away and opens nothing needs no word: another mailbox, a pause, a rule that sorts.
      await onboard({
        accounts: { b: { appPassword: "Abcdefgh1234567890123" } },
        sending: "paused",
        rules: {
          sort: { conditions: [{ field: "from.domain", isNot: "x.example" }], actions: ["markAsRead"] },
        },
      });
      assert.ok(receives());
      assert.equal(await send(), 403);
    },
  );

  itInLongRun(
    "C43: another app password is refused beside whatever else changes, and the same one needs no word",
    async () => {
      const [first, second] = ["Abcdefgh1234567890123", "Zyxwvuts9876543210987"];
      const opens = (password: string) => sim.checkAppPassword(ADDRESS, password);
      const call = (displayName: string, appPassword: pulumi.Input<string>, allow: string[] = []) =>
        onboard({}, { account: { displayName, appPassword }, allow });
      await call("A", first);
      assert.ok(opens(first));
      assert.equal((await call("A", first)).changed, false);

      // The same one, in whatever form it is given, stands in no edit's way.
      for (const [displayName, same] of [
        ["B", first],
        ["C", pulumi.secret(first)],
        ["D", Promise.resolve(first)],
        ["E", pulumi.output(Promise.resolve(first))],
      ] as const) {
        assert.equal((await call(displayName, same)).changed, true);
        assert.equal(sim.state().grants.find(({ email }) => email === ADDRESS)!.name, displayName);
      }

      const form = /^account:t\/s@trial\.appPassword@/;
      for (const other of [second, pulumi.secret(second), Promise.resolve(second)])
        await refused(call("F", other), form);
      await refused(
        onboard({}, { account: { displayName: "F", folders: ["x"], appPassword: second } }),
        form,
      );
      assert.ok(opens(first) && !opens(second));

      const allow = await refused(call("F", second), form);
      await call("F", second, allow);
      assert.ok(opens(second) && !opens(first));
      // The word was for that one change.
      await refused(call("G", first, allow), form);
      assert.ok(opens(second));
    },
  );

  itInLongRun("A14: with its word, exactly that rule turns mail away", async () => {
    const rule = (isNot: string): Partial<TenantArgs> => ({
      rules: { in: { conditions: [{ field: "from.domain", isNot }], actions: ["block"] } },
    });
    await onboard({});
    const allow = await refused(onboard(rule("x.example")), /^workspace:t\.ruleIds@/);
    await refused(onboard(rule("y.example"), { allow }), /^workspace:t\.ruleIds@/);
    assert.ok(receives());
    await onboard(rule("x.example"), { allow });
    assert.equal(receives(), false);
  });

  itInLongRun(
    "A9: a tenant cannot be paused in the run that takes its workspace over, and is paused in the next",
    async () => {
      sim.seed({ kind: "workspace", name: "Cust" });
      const paused: Partial<TenantArgs> = { sending: "paused", workspace: { name: "Cust", adopt: true } };
      let error: unknown;
      sim.clearRequests();
      await onboard(paused).catch((caught: unknown) => (error = caught));
      assert.match(
        String(error),
        /Tenant "t": sending: "paused" together with workspace\.adopt: .*Take it over first, with sending on; then take workspace\.adopt away; then pause/,
      );
      assert.deepEqual(writesOf(sim), []);

      await onboard({ workspace: { name: "Cust", adopt: true } });
      assert.equal(await send(), 200);
      await onboard({ workspace: { name: "Cust" }, sending: "paused" });
      assert.equal(await send(), 403);
    },
  );
});
