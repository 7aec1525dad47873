import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  AgentDomain,
  NylasDefaultWorkspace,
  NylasDomain,
  NylasDomainRecords,
  NylasDomainVerification,
  NylasPolicy,
  NylasWorkspace,
  Tenant,
  zoneFile,
} from "pulumi-nylas";
import { RESOURCE_OPTIONS } from "../../../provider/hosts/dynamic/resourceOptions";

const page = path.join(__dirname, "..", "..", "..", "docs", "options.md");

/** The options that the SDK has, as its declarations name them. */
function optionsOfSdk(): string[] {
  const text = fs.readFileSync(require.resolve("@pulumi/pulumi/resource.d.ts"), "utf8");
  const options = ["ResourceOptions", "CustomResourceOptions", "ComponentResourceOptions"].flatMap((name) => {
    const body = new RegExp(`export interface ${name}(?: extends \\w+)? \\{([\\s\\S]*?)\\n\\}`).exec(
      text,
    )?.[1];
    assert.ok(body, name);
    return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, option]) => option!);
  });
  assert.ok(options.length > 20);
  return [...new Set(options)];
}

describe("finding 10 and 24: Pulumi's resource options", () => {
  it("are all in the table: an SDK that has another one is looked at first", () => {
    assert.deepEqual(
      optionsOfSdk().filter((option) => !Object.hasOwn(RESOURCE_OPTIONS, option)),
      [],
    );
  });

  it("stand in the page on options as the table has them", () => {
    const rows = [...fs.readFileSync(page, "utf8").matchAll(/^\| `(\w+)` \| (\w+) \| (.+) \|$/gm)].map(
      ([, ...row]) => row,
    );
    assert.deepEqual(
      rows.sort(),
      Object.entries(RESOURCE_OPTIONS)
        .map(([option, { verdict, text }]) => [option, verdict, text])
        .sort(),
    );
  });

  describe("that are refused", () => {
    before(() =>
      pulumi.runtime.setMocks({
        newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as object }),
        call: ({ inputs }) => inputs as object,
      }),
    );

    const other = () => new pulumi.ComponentResource("my:index:Other", "other");
    const values: Record<string, unknown> = {
      get deletedWith() {
        return other();
      },
      replaceOnChanges: ["name"],
      replacementTrigger: 1,
      get replaceWith() {
        return [other()];
      },
      deleteBeforeReplace: true,
      get provider() {
        return {};
      },
      version: "1.0.0",
      pluginDownloadURL: "https://example.com",
      urn: "urn:pulumi:s::p::t::n",
      envVarMappings: { A: "B" },
      stateMigrations: [() => undefined],
    };
    for (const [option, { verdict }] of Object.entries(RESOURCE_OPTIONS)) {
      if (verdict !== "refused") continue;
      it(`${option}: before anything is registered, and an empty one is let be`, () => {
        assert.ok(option in values, "the test has a value for it");
        assert.throws(
          () => new NylasPolicy("p", {}, { [option]: values[option] }),
          (error: Error) => error.message.includes(option) && /Leave it out|connection/.test(error.message),
        );
        if (["replaceOnChanges", "replaceWith", "deleteBeforeReplace", "deletedWith"].includes(option))
          new NylasPolicy(
            `${option}-empty`,
            {},
            { [option]: Array.isArray(values[option]) ? [] : undefined },
          );
      });
    }

    it("G8: id, on kinds that nobody looks up: the engine would let go of what guards the records", () => {
      const id = "x";
      for (const make of [
        () => new NylasDomainVerification("v", { domainName: "a.example", records: {} }, { id }),
        () => new NylasDomainRecords("r", { domainName: "a.example", domainId: "d" }, { id }),
        () => new NylasDefaultWorkspace("w", {}, { id }),
      ])
        assert.throws(make, /id is refused\. The engine would let go of the entry.*Leave it out/);
    });

    const withDeletedWith = (type: string) => new RegExp(`Nylas${type} "x": deletedWith is refused`);
    class Team extends pulumi.ComponentResource {
      constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
        super("my:index:Team", name, {}, opts);
      }
    }

    it("deletedWith that a component hands down, also from two levels above", async () => {
      await pulumi.runtime.runInPulumiStack(async () => {
        // On an engine the package is loaded when there is a stack; here the first resource looks at those that follow.
        new NylasPolicy("first");
        const team = new Team("team", { deletedWith: other() });
        assert.throws(() => new NylasWorkspace("x", {}, { parent: team }), withDeletedWith("Workspace"));
        const inner = new Team("inner", { parent: team });
        assert.throws(
          () => new NylasDomain("x", { domainName: "x.example.com" }, { parent: inner }),
          withDeletedWith("Domain"),
        );
        new NylasWorkspace("free", {}, { parent: new Team("free") });
      });
    });

    it("deletedWith and replaceOnChanges that a transformation sets, of the resource or of a parent, whatever comes after", () => {
      const sets =
        (more: object): pulumi.ResourceTransformation =>
        ({ props, opts }) => ({ props, opts: { ...opts, ...more } });
      const lost = other();
      for (const opts of [
        { transformations: [sets({ deletedWith: lost }), sets({})] },
        {
          parent: new Team("t1", {
            transformations: [
              ({ type, props, opts }) =>
                type.includes("nylas:") ? { props, opts: { ...opts, deletedWith: lost } } : undefined,
            ],
          }),
        },
      ])
        assert.throws(() => new NylasWorkspace("x", {}, opts), withDeletedWith("Workspace"));
      assert.throws(
        () => new NylasWorkspace("x", {}, { transformations: [sets({ replaceOnChanges: ["name"] })] }),
        /NylasWorkspace "x": replaceOnChanges is refused \(given \["name"\]\)/,
      );
    });

    it("D2, D3: ignoreChanges of a word, and of what guards published records, in every form of a path", () => {
      for (const path of ["forceDestroy", ".forceDestroy", '["forceDestroy"]', "*", "[*]", '["*"]', "*.x"])
        assert.throws(
          () => new NylasWorkspace("x", {}, { ignoreChanges: [path] }),
          /NylasWorkspace "x": ignoreChanges of .* is refused: a word that lets mail go/,
          path,
        );
      for (const path of ["records.mx", '["records"].mx', "publishedAt"])
        assert.throws(
          () =>
            new NylasDomainVerification(
              "x",
              { domainName: "x.example.com", records: {} },
              { ignoreChanges: [path] },
            ),
          /NylasDomainVerification "x": ignoreChanges of .* is refused: the engine would hide a move/,
          path,
        );
      new NylasWorkspace("free", {}, { ignoreChanges: ["policyId", 'ruleIds["forceDestroy"]', "name"] });
    });

    it("stateMigrations that a transformation sets", () => {
      const migrating: pulumi.ResourceTransformation = ({ props, opts }) => ({
        props,
        opts: { ...opts, stateMigrations: [() => undefined] } as pulumi.ResourceOptions,
      });
      assert.throws(
        () => new NylasWorkspace("x", {}, { transformations: [migrating] }),
        /NylasWorkspace "x": stateMigrations is refused/,
      );
    });

    // `provider` of a component is the DNS vendor's. What deletes before replacing does so with resources alone.
    const ofComponents = Object.entries(RESOURCE_OPTIONS).flatMap(([option, { verdict }]) =>
      verdict === "refused" && option !== "provider" ? [option] : [],
    );
    for (const option of ofComponents)
      it(`${option}: on a component of ours too, and an empty one is let be`, () => {
        const dns = zoneFile();
        const given = () => ({ [option]: values[option] });
        for (const [what, make] of [
          ["AgentDomain", (opts: object) => new AgentDomain("d", { domainName: "x.example.com", dns }, opts)],
          ["Tenant", (opts: object) => new Tenant("t", { trial: "acme.nylas.email", accounts: {} }, opts)],
        ] as const) {
          assert.throws(
            () => make(given()),
            (error: Error) =>
              new RegExp(`${what} "?[dt]"?: ${option} is refused.* Leave it out`).test(error.message),
          );
          make({ [option]: undefined });
        }
      });
  });
});
