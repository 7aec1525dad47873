import { strict as assert } from "node:assert";
import { randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Canaries, filesBelow } from "../canaries";
import { type Echo, startEcho } from "../echo";
import { type Receiver, startReceiver } from "../receiver";
import { isSecret, type Result, type Stack } from "./harness";
import { itInLongRun } from "./longRun";
import { closeScenes, leftBehind, openScene, type Scene, succeeded } from "./scene";

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];

/**
 * Every secret there is, in one program that goes through its whole life. Each of them is new in every run.
 * Everything that the run leaves behind is searched for all of them at the end, when those that Nylas makes are
 * known.
 */
describe("secrets", function () {
  this.timeout(300_000);
  let receiver: Receiver;
  let outside: string;
  before(async () => {
    receiver = await startReceiver();
    outside = fs.mkdtempSync(path.join(os.tmpdir(), "secrets-"));
  });
  after(async () => {
    await receiver.close();
    fs.rmSync(outside, { recursive: true });
  });
  const echoes: Echo[] = [];
  afterEach(async () => {
    await closeScenes();
    for (const echo of echoes.splice(0)) await echo.close();
  });

  const program = (hook: string, edited: boolean) => `
    import * as experimental from "pulumi-nylas/experimental";
    const { plain, secret, next } = JSON.parse(require("fs").readFileSync(process.env.PASSWORDS, "utf8"));
    const customer = new nylas.NylasWorkspace("customer", { name: "findable-workspace" });
    const at = { workspaceId: customer.id, forceDestroy: ${edited} };
    new nylas.AgentAccount("plain", { ...at, email: "plain@acme.nylas.email", appPassword: ${edited ? "next" : "plain"} });
    new nylas.AgentAccount("secret", { ...at, email: "secret@acme.nylas.email", appPassword: pulumi.secret(secret) });
    const events = new nylas.NylasWebhook("events", {
      url: ${JSON.stringify(hook)}, triggers: ["message.created"], rotateWhenChanged: { edited: "${edited}" },
    });
    const tenant = new experimental.NylasPrincipal("tenant", { boundTo: { workspace: customer.id }, roles: ["role_system_messages_reader"] });
    const key = new experimental.NylasApiKey("key", {
      principalId: tenant.id, expiresAt: "2030-06-30T00:00:00Z", rotateWhenChanged: { edited: "${edited}" },
    });
    new nylas.NylasDomain("domain", { domainName: "agents.example.com" });
    export const tenantKey = key.secret;
    export const hook = events.secret;
  `;

  /** A stack with its canaries, where whatever is written is kept to be searched. */
  class Search {
    readonly canaries = new Canaries();
    /** What each command said and logged. */
    readonly said: [where: string, text: string][] = [];
    readonly began = Date.now() - 2000;

    private constructor(
      readonly scene: Scene,
      /** Stands before Nylas. */
      readonly echo: Echo,
      /** The keys as settings, by their names. */
      readonly settings: Record<string, string>,
    ) {}

    static async open(env: Record<string, string>): Promise<Search> {
      const scene = await openScene({
        program: "",
        simulator: { seed: randomUUID() },
        withoutKeys: true,
        env,
      });
      const { keys, cloudflareUrl } = scene.sim;
      const echo = await startEcho(scene.sim.url);
      echoes.push(echo);
      const search = new Search(scene, echo, {
        "nylas:apiKey": keys.apiKey,
        "nylas:organizationKey": keys.organizationKey,
        "nylas:serviceAccount": keys.serviceAccount,
        "cloudflare:apiToken": keys.cloudflareToken,
        "aws:accessKey": `AKIA${randomBytes(16).toString("hex").toUpperCase()}`,
        "aws:secretKey": randomBytes(30).toString("base64"),
      });
      const { canaries } = search;
      for (const [name, value] of Object.entries(search.settings)) {
        if (name !== "nylas:serviceAccount") canaries.plant(name, value);
      }
      // Some lines from the middle of the private key; the first and the last are alike in all of them.
      const { private_key: pem } = JSON.parse(keys.serviceAccount) as { private_key: string };
      for (const line of [4, 10, 16, 22]) canaries.plant(`private key, line ${line}`, pem.split("\n")[line]!);
      const passwords = {
        plain: canaries.password("app password"),
        secret: canaries.password("app password marked as secret"),
        next: canaries.password("app password after the edit"),
      };
      const file = path.join(outside, randomUUID());
      fs.writeFileSync(file, JSON.stringify(passwords));
      const temporary = path.join(search.stack.folder, "tmp");
      fs.mkdirSync(temporary);
      Object.assign(search.stack.env, {
        NYLAS_API_URL: echo.url,
        PASSWORDS: file,
        TMPDIR: temporary,
        CLOUDFLARE_BASE_URL: cloudflareUrl,
        NYLAS_TRACE: path.join(search.stack.folder, "requests.log"),
        NYLAS_AUDIT_LOG: path.join(search.stack.folder, "audit.jsonl"),
        NYLAS_DOMAIN_CREDENTIAL: "serviceAccount",
      });
      search.declare(false);
      return search;
    }

    get stack(): Stack {
      return this.scene.stack;
    }

    declare(edited: boolean): void {
      this.scene.declare(program(receiver.url, edited));
    }

    /** Notes what a command said, and its event log, which the next one overwrites. */
    note(where: string, result: Result): Result {
      this.said.push([where, result.text]);
      const events = path.join(this.stack.folder, "events.jsonl");
      if (fs.existsSync(events)) this.said.push([`${where}, events`, fs.readFileSync(events, "utf8")]);
      return result;
    }

    /** The secrets that Nylas makes. */
    async plantOutputs(which: string): Promise<void> {
      const { tenantKey, hook } = await this.stack.outputs();
      this.canaries.plant(`key of a tenant, ${which}`, String(tenantKey));
      this.canaries.plant(`secret of a webhook, ${which}`, String(hook));
    }

    /** The operation fails at an other side that repeats what it is told; it has heard these secrets. */
    async failing(
      where: string,
      methods: string[],
      operation: () => Promise<Result>,
      heard: string[],
    ): Promise<void> {
      const { echo } = this;
      echo.said.length = 0;
      echo.refuse(...methods);
      const result = this.note(where, await operation());
      echo.refuse();
      assert.notEqual(result.code, 0, result.text);
      assert.match(result.text, /\[secret\]/);
      const repeated = this.canaries.in(echo.said.join("\n"));
      for (const name of heard)
        assert.ok(repeated.includes(name), `${name} was not among what was repeated: ${repeated.join(", ")}`);
    }

    /** Where a secret stands open. */
    findings(): string[] {
      const { canaries, stack } = this;
      canaries.assertFindable();
      const spoken = this.said.flatMap(([where, text]) => {
        const found = canaries.in(text);
        return found.length > 0 ? [`${where}: ${found.join(", ")}`] : [];
      });
      // The engine's own logs in its home folder, of all that ran since; it encrypts them.
      const logs = path.join(stack.env["PULUMI_HOME"]!, "logs");
      return [
        ...spoken,
        ...canaries.below(stack.folder),
        ...canaries.below(logs, (file) => fs.statSync(file).mtimeMs < this.began),
      ];
    }
  }

  it("given by configuration stand open nowhere: said, logged, recorded, backed up or left over", async () => {
    const search = await Search.open({});
    const { stack, scene } = search;
    const { sim } = scene;
    stack.setConfig({}, search.settings);
    search.note("preview", succeeded(await stack.preview("--json")));
    search.note("up", succeeded(await stack.up("--debug")));
    await search.plantOutputs("first");

    search.declare(true);
    search.note("preview of the edit", succeeded(await stack.preview("--diff", "-v=7", "--logtostderr")));
    await search.failing("failing up", WRITES, () => stack.up("--continue-on-error", "--debug"), [
      "nylas:apiKey",
      "nylas:organizationKey",
      "app password after the edit",
    ]);
    search.note("edit", succeeded(await stack.up("-v=8", "--logtostderr")));
    await search.plantOutputs("second");

    await search.failing("failing refresh", ["GET"], () => stack.refresh("--debug"), ["nylas:apiKey"]);
    search.note("refresh", succeeded(await stack.refresh("--json")));
    search.note("history", succeeded(await stack.run("stack", "history", "--json")));
    search.note("export", succeeded(await stack.run("stack", "export")));
    search.note("graph", succeeded(await stack.run("stack", "--show-ids", "--show-urns")));

    // What is searched is what should be: the encrypted state, its backups and history, the audit log and the trace.
    assert.ok(isSecret(stack.resource("plain")!.inputs!["appPassword"]));
    assert.ok(isSecret(stack.resource("plain")!.outputs!["appPassword"]));
    assert.ok(isSecret(stack.resource("events")!.outputs!["secret"]));
    assert.ok(isSecret(stack.resource("key")!.outputs!["secret"]));
    const files = filesBelow(stack.folder).map((file) => path.relative(stack.folder, file));
    for (const kind of [
      /\.pulumi\/stacks\//,
      /\.pulumi\/history\//,
      /\.pulumi\/backups\//,
      /audit\.jsonl$/,
      /requests\.log$/,
    ]) {
      assert.ok(
        files.some((file) => kind.test(file)),
        `no file ${kind} among ${files.join(" ")}`,
      );
    }
    const ordinary = new Canaries();
    ordinary.plant("what is no secret", "findable-workspace");
    assert.ok(ordinary.below(stack.folder).some((found) => found.startsWith("state/.pulumi/history/")));
    assert.deepEqual(search.findings(), []);

    // The search finds what stands open in a file, packed too.
    const planted = stack.write("tmp/left-over.txt", search.canaries.value("nylas:apiKey"));
    assert.deepEqual(search.findings(), ["tmp/left-over.txt: nylas:apiKey"]);
    fs.rmSync(planted);

    search.note("destroy", succeeded(await stack.destroy("--debug")));
    assert.deepEqual(leftBehind(sim), []);
    assert.deepEqual(search.findings(), []);
  });

  itInLongRun(
    "given by the environment, with a packed state, stand open nowhere either; what the engine itself prints is named",
    async () => {
      const search = await Search.open({ PULUMI_SELF_MANAGED_STATE_GZIP: "true" });
      const { stack, canaries } = search;
      Object.assign(stack.env, {
        NYLAS_API_KEY: search.settings["nylas:apiKey"],
        NYLAS_ORGANIZATION_KEY: search.settings["nylas:organizationKey"],
        NYLAS_SERVICE_ACCOUNT: search.settings["nylas:serviceAccount"],
        CLOUDFLARE_API_TOKEN: search.settings["cloudflare:apiToken"],
        AWS_ACCESS_KEY_ID: search.settings["aws:accessKey"],
        AWS_SECRET_ACCESS_KEY: search.settings["aws:secretKey"],
      });
      const trace = path.join(outside, "up.trace");
      const messages = path.join(outside, "messages.log");
      stack.env["PULUMI_DEBUG_GRPC"] = messages;
      const up = await stack.up("-v=9", "--logtostderr", `--tracing=file:${trace}`);
      succeeded(up);
      delete stack.env["PULUMI_DEBUG_GRPC"];
      await search.plantOutputs("first");

      // The engine's own log lines are JSON objects; what does not stand in one is ours, the SDK's or the display's.
      const lines = up.text.split("\n");
      const own = lines.filter((line) => !/^\{"time":.*"msg":/.test(line));
      assert.ok(own.length > 5 && own.length < lines.length / 2, `${own.length} of ${lines.length}`);
      assert.deepEqual(canaries.in(own.join("\n")), []);
      const engines = new Set(
        lines
          .filter((line) => canaries.in(line).length > 0)
          .map((line) => (JSON.parse(line) as { msg: string }).msg.split(" ").slice(0, 2).join(" ")),
      );
      for (const line of engines) assert.match(line, /^(Unm|M)arshaling property/);
      const isUnsafe = (file: string): boolean => canaries.in(fs.readFileSync(file)).length > 0;
      const unsafe = [
        ...(engines.size > 0 ? ["-v=9"] : []),
        ...(isUnsafe(trace) ? ["--tracing"] : []),
        ...(isUnsafe(messages) ? ["PULUMI_DEBUG_GRPC"] : []),
      ];
      const named = fs.readFileSync(path.join(__dirname, "..", "..", "SECURITY.md"), "utf8");
      for (const option of unsafe)
        assert.ok(named.includes(`\`${option}\``), `SECURITY.md does not name ${option}`);

      search.declare(true);
      await search.failing("failing up", WRITES, () => stack.up("--continue-on-error", "--json"), [
        "app password after the edit",
      ]);
      search.note("edit", succeeded(await stack.up("--show-config", "--debug")));
      await search.plantOutputs("second");
      search.note("refresh", succeeded(await stack.refresh("--diff", "--debug")));
      await search.failing("failing destroy", ["GET", "DELETE"], () => stack.destroy("--continue-on-error"), [
        "nylas:apiKey",
      ]);
      search.note("destroy", succeeded(await stack.destroy("--json")));
      assert.ok(
        filesBelow(stack.folder).some((file) => file.endsWith(".json.gz")),
        "the state is packed",
      );
      assert.deepEqual(search.findings(), []);
    },
  );
});
