import assert from "node:assert/strict";
import { lets } from "../../provider/core/standing";
import { type Input } from "./stack";
import {
  account,
  domain,
  domainRecords,
  domainVerification,
  lostMail,
  openWorld,
  publish,
  refused,
  standing,
  succeeded,
  workspace,
} from "./world";

const DOMAIN = "agents.example.com";
const BOT = "bot@acme.nylas.email";
const BOT_2 = "bot2@acme.nylas.email";

/** A recorded word that the very change takes back: it was the word of another day, and this change does not say it. */
describe("forceDestroy that is taken back in the change that would use it", () => {
  const world = openWorld({ env: { NYLAS_TEST_TIME_SCALE: "0.006" } });
  const word = { forceDestroy: true };

  it("does not let a mailbox be replaced; where it still stands, it does", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([account("bot", { email: BOT, ...word })]));
    sim.addMessage({ grant: BOT, subject: "hello" });
    for (const edited of [{ email: BOT_2 }, { email: BOT_2, forceDestroy: false }]) {
      const program = [account("bot", edited)];
      refused(await stack.preview(program), "would replace the account");
      refused(await stack.apply(program, { continueOnError: true }), "would replace the account");
    }
    assert.deepEqual(lostMail(sim), []);
    succeeded(await stack.apply([account("bot", { email: BOT_2, ...word })]));
    assert.deepEqual(lostMail(sim), ["hello: grant deleted"]);
  });

  it("does not let a verified domain be replaced", async () => {
    const { sim, stack } = world;
    const program = (domainName: string, more: Record<string, Input>) => [
      domain("domain", { domainName, ...more }),
      domainRecords("records", { domainName, domainId: (of) => of("domain").id }),
    ];
    succeeded(await stack.apply(program(DOMAIN, word)));
    publish(sim, stack.find("records").outputs.records);
    await stack.apply([
      ...program(DOMAIN, word),
      domainVerification("verified", {
        domainName: DOMAIN,
        domainId: (of) => of("domain").id,
        records: (of) => of("records").records,
        ...word,
      }),
    ]);
    refused(await stack.apply(program("other.example.com", {}), { continueOnError: true }));
    assert.ok(standing(sim).includes(`domain ${DOMAIN}`), standing(sim).join(", "));
  });

  it("does not end a workspace that somebody else's account is in, when the workspace is replaced", async () => {
    const { sim, stack } = world;
    succeeded(await stack.apply([workspace("w", { domainName: DOMAIN, ...word })]));
    const workspaceId = stack.find("w").id;
    sim.seed({ kind: "grant", email: "other@acme.nylas.email", workspaceId });
    await stack.apply([workspace("w", { domainName: "other.example.com" })], { continueOnError: true });
    assert.ok(sim.state().workspaces.some(({ id }) => id === workspaceId));
    succeeded(await stack.apply([workspace("w", { domainName: "other.example.com", ...word })]));
  });

  for (const [what, more] of [
    ["to another vendor", { publishedAt: "route53:b", publishedBy: "route53" }],
    ["and is given by records", { publishedAt: "route53:b", publishedBy: "route53", domainId: undefined }],
  ] as const)
    it(`does not let a live domain's records move ${what}`, async () => {
      const { sim, stack } = world;
      sim.configure({ dnsRole: "resolver" });
      const program = (of: Record<string, Input>) => [
        domain("domain", { domainName: DOMAIN, ...word }),
        domainRecords("records", {
          domainName: DOMAIN,
          domainId: (other) => other("domain").id,
          publishedAt: (of.publishedAt as string | undefined) ?? "cloudflare:a",
        }),
        domainVerification("verified", {
          domainName: DOMAIN,
          domainId: (other) => other("domain").id,
          records: (other) => other("records").records,
          publishedAt: "cloudflare:a",
          publishedBy: "cloudflare",
          ...of,
        }),
      ];
      succeeded(await stack.apply(program(word).slice(0, 2)));
      publish(sim, stack.find("records").outputs.records);
      succeeded(await stack.apply(program(word)));
      refused(await stack.apply(program(more)));
      assert.equal(stack.find("verified").outputs.publishedAt, "cloudflare:a", "the entry that guards A");
    });
});

describe("lets", () => {
  it("takes a word that is recorded and still said", () => {
    for (const [before, after, expected] of [
      [true, true, true],
      [true, undefined, false],
      [true, false, false],
      [undefined, true, false],
      [false, true, false],
      // Not known yet, in a preview.
      [true, "04da6b54-80e4-46f7-96ec-b56ff0331ba9", true],
    ] as const)
      assert.equal(lets("forceDestroy", { forceDestroy: before }, { forceDestroy: after }), expected);
    assert.equal(lets("forceDestroy", undefined, { forceDestroy: true }), false);
  });
});
