import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Canaries } from "../canaries";
import { type Echo, startEcho } from "../echo";
import { type Receiver, startReceiver } from "../receiver";
import { type Plugin } from "./harness";
import { type Declared, type Input, type Report } from "./stack";
import { declare, openWorld, succeeded } from "./world";

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
const logs = mkdtempSync(join(tmpdir(), "given-secrets-"));
const auditLog = join(logs, "audit.jsonl");
const trace = join(logs, "requests.log");

/**
 * V-C1. The program may give a secret (`pulumi.secret(…)`, a secret of the configuration). It is a secret in each
 * text argument of each kind. The constructor tells check by `label`, as the engine hands all values over in plain
 * text.
 */
describe("V-C1: what was given as a secret, in every text argument of every kind", () => {
  const world = openWorld({ env: { NYLAS_TRACE: trace } });
  let echo: Echo;
  let receiver: Receiver;
  let canaries: Canaries;
  let said: string[];
  let plugin: Plugin | undefined;
  /** One value of its own for each argument, the same all through a test. */
  let values: Map<string, string>;

  before(async () => {
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver.close();
    rmSync(logs, { recursive: true });
  });
  beforeEach(async () => {
    echo = await startEcho(world.sim.url);
    canaries = new Canaries();
    values = new Map();
    said = [];
    for (const file of [auditLog, trace]) writeFileSync(file, "");
    world.stack.config = { ...world.config, "nylas:apiUrl": echo.url, "nylas:auditLog": auditLog };
  });
  afterEach(() => echo.close());

  /** A new secret in the form that an argument takes. */
  function secret(name: string, form = (word: string) => word): string {
    const known = values.get(name);
    if (known !== undefined) return known;
    const value = form(`c${randomBytes(9).toString("hex")}`);
    values.set(name, value);
    // The fixed parts of a value are no secret, and the random ones are in one piece.
    canaries.plant(name, /c[0-9a-f]{18}/.exec(value)![0]);
    return value;
  }

  function given(type: string, name: string, inputs: Record<string, Input>, secrets: string[]): Declared {
    return declare(type, name, { ...inputs, label: { label: `project/stack/${name}`, secret: secrets } });
  }

  const program = (edited = false): Declared[] => {
    const one = (name: string, form?: (word: string) => string) =>
      secret(`${name}${edited ? ", edited" : ""}`, form);
    const always = secret;
    return [
      given(
        "Domain",
        "domain",
        {
          domainName: always("domainName", (word) => `${word}.example.com`),
          name: one("domain's name"),
        },
        ["domainName", "name"],
      ),
      given("Policy", "policy", { name: one("policy's name"), limits: { dailySends: edited ? 60 : 50 } }, [
        "name",
      ]),
      given(
        "Workspace",
        "workspace",
        { name: always("workspace's name"), policyId: (of) => of("policy").id },
        ["name"],
      ),
      given(
        "AgentAccount",
        "account",
        {
          email: always("email", (word) => `${word}@acme.nylas.email`),
          displayName: one("displayName"),
          appPassword: one("appPassword", (word) => `Aa1!${word}`),
          folders: [always("folder"), ...(edited ? [always("second folder")] : [])],
          workspaceId: (of) => of("workspace").id,
        },
        ["email", "displayName", "folders[]"],
      ),
      given(
        "List",
        "list",
        {
          type: "domain",
          name: always("list's name"),
          description: one("list's description"),
          items: [one("item", (word) => `${word}.example`)],
        },
        ["name", "description", "items[]"],
      ),
      given(
        "Rule",
        "rule",
        {
          name: one("rule's name"),
          description: one("rule's description"),
          conditions: [{ field: "from.address", is: one("condition", (word) => `x@${word}.example`) }],
          actions: ["block"],
        },
        ["name", "description", "conditions[].is"],
      ),
      given(
        "Webhook",
        "hook",
        {
          url: `${receiver.url}/${always("path of url")}?token=${one("token of url")}`,
          triggers: ["message.created"],
          name: one("webhook's name"),
          notificationEmails: [one("notificationEmails", (word) => `${word}@example.com`)],
          rotateWhenChanged: { key: one("rotateWhenChanged") },
          timeoutSeconds: 1,
        },
        ["url", "name", "notificationEmails[]", "rotateWhenChanged.key"],
      ),
      given(
        "Principal",
        "principal",
        {
          name: one("principal's name"),
          description: one("principal's description"),
          boundTo: { workspace: (of) => of("workspace").id as Input & string },
          permissions: ["messages.read"],
        },
        ["name", "description"],
      ),
      given(
        "ApiKey",
        "key",
        {
          name: one("key's name"),
          principalId: (of) => of("principal").id,
          expiresAt: "2030-06-30T00:00:00Z",
        },
        ["name"],
      ),
    ];
  };
  const during = (running: Plugin) => void (plugin = running);

  function heard(report: Report): Report {
    said.push(
      ...report.errors.map(({ name, message, property }) => `${name} ${property ?? ""}: ${message}`),
      ...report.log,
    );
    return report;
  }

  function assertNothingFound(): void {
    canaries.assertFindable();
    const lines = said.flatMap((text) => text.split("\n"));
    assert.deepEqual(
      lines
        .filter((line) => canaries.in(line).length > 0)
        .map((line) => `${canaries.in(line).join()}: ${line}`),
      [],
    );
    assert.ok(plugin, "no plugin was seen");
    assert.deepEqual(canaries.in(plugin.stdout + plugin.stderr), [], "on the process's own output");
    for (const file of [auditLog, trace]) {
      const leaks = readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => canaries.in(line).length > 0);
      assert.deepEqual(leaks, [], file);
    }
  }

  it("is shown nowhere in a whole life: preview, up, refresh, edit, destroy", async () => {
    const { stack } = world;
    heard(succeeded(await stack.preview(program())));
    heard(succeeded(await stack.apply(program(), { during })));
    heard(succeeded(await stack.refresh()));
    const preview = heard(succeeded(await stack.preview(program(true))));
    assert.ok(
      preview.warnings.some((line) => /the secret of webhook \S+ is rotated/.test(line)),
      preview.warnings.join("\n"),
    );
    heard(succeeded(await stack.apply(program(true))));
    heard(succeeded(await stack.apply(program(true))));
    heard(await stack.destroy({ continueOnError: true }));
    assert.ok(readFileSync(auditLog, "utf8").split("\n").length > 12);
    assertNothingFound();
  });

  it("is shown nowhere when Nylas refuses, and repeats what it was told", async () => {
    const { stack } = world;
    const failing = async (run: () => Promise<Report>, methods: string[]): Promise<void> => {
      echo.refuse(...methods);
      for (let times = 0; times < 4; times++) {
        assert.ok(heard(await run()).errors.length > 0);
        echo.said.push("");
      }
      echo.refuse();
    };
    const up = (edited: boolean) => () => stack.apply(program(edited), { during, continueOnError: true });
    await failing(up(false), ["GET"]);
    await failing(up(false), WRITES);
    heard(succeeded(await stack.apply(program())));
    await failing(() => stack.refresh(), ["GET"]);
    await failing(up(true), WRITES);
    await failing(() => stack.destroy({ continueOnError: true }), ["GET", ...WRITES]);
    const repeated = canaries.in(echo.said.join("\n"));
    for (const name of ["token of url, edited", "domain's name, edited"])
      assert.ok(repeated.includes(name), `${name} was never repeated`);
    assertNothingFound();
  });

  it("is shown nowhere in a conflict, in a drift, in a refused delete and where it was lost", async () => {
    const { sim, stack } = world;
    heard(succeeded(await stack.apply(program(), { during })));
    const state = stack.state;
    // The same objects in the way of another program.
    stack.state = [];
    const inTheWay = heard(await stack.apply(program(true), { continueOnError: true }));
    assert.ok(inTheWay.errors.length >= 3, JSON.stringify(inTheWay.errors.map(({ name }) => name)));
    assert.match(inTheWay.errors.map(({ message }) => message).join("\n"), /not shown: it is a secret/);
    stack.state = state;

    // Changed by somebody else, and gone.
    const account = sim.state().grants.find(({ email }) => email.startsWith(canaries.value("email")))!;
    sim.receive({ grant: account.email, from: "x@example.net", subject: "Hello" });
    heard(await stack.destroy({ continueOnError: true }));
    assert.match(said.join("\n"), /holds? (mail|a message|\d+ message)|1 message/);
    await fetch(`${sim.url}/v3/grants/${account.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${sim.keys.apiKey}` },
    });
    heard(await stack.refresh());
    heard(await stack.preview(program(true)));
    assert.match(said.join("\n"), /was deleted outside Pulumi/);
    assertNothingFound();
  });

  it("is shown nowhere where it is refused, and the engine is not told to print it", async () => {
    const asked = (plugin = await world.plugin());
    await asked.renew({ ...world.config, "nylas:auditLog": auditLog });
    for (const { type, name, inputs } of program()) {
      const { label, ...declared } = inputs as Record<string, unknown> & { label: { secret: string[] } };
      for (const path of label.secret) {
        const [property] = path.split(/[.[]/) as [string];
        const wrong = secret(`wrong ${type} ${property}`, (word) => ` ${word} \u0000 ${"long ".repeat(60)}`);
        const value = path.endsWith("[]") ? [wrong] : wrong;
        const { failures } = await asked.check(
          type,
          {},
          { ...declared, [property]: value, label } as never,
          name,
        );
        for (const failure of failures) {
          if (failure.reason.startsWith(property)) assert.equal(failure.property, "", `${type} ${property}`);
          said.push(`${failure.property}: ${failure.reason}`);
        }
      }
    }
    assert.ok(said.length > 10, said.join("\n"));
    assertNothingFound();
  });

  it("is a secret from the update on that marks it, also for a later destroy", async () => {
    const { stack } = world;
    const url = `${receiver.url}/${secret("path")}?a=1`;
    const hook = (secrets: string[]) => [
      given("Webhook", "hook", { url, triggers: ["message.created"] }, secrets),
    ];
    const open = hook([]).map((each) => ({
      ...each,
      inputs: { ...each.inputs, label: "project/stack/hook" },
    }));
    succeeded(await stack.apply(open, { during }));
    const marked = succeeded(await stack.apply(hook(["url"])));
    assert.deepEqual(marked.steps, [{ name: "hook", op: "update" }]);
    assert.deepEqual(stack.find("hook").outputs["__secrets"], ["url"]);
    assert.deepEqual(succeeded(await stack.apply(hook(["url"]))).steps, [{ name: "hook", op: "same" }]);
    writeFileSync(auditLog, "");
    writeFileSync(trace, "");
    echo.refuse(...WRITES);
    heard(await stack.destroy());
    echo.refuse();
    assert.ok(said.length > 0);
    assertNothingFound();
  });

  it("of an address, query, fragment, user and password are shown nowhere, secret or not", async () => {
    const { stack } = world;
    const hook = (edited: string) => [
      declare("Webhook", "hook", {
        url: `${receiver.url}/open?token=${secret("token")}`,
        triggers: ["message.created"],
        rotateWhenChanged: { edited },
      }),
      declare("Webhook", "twin", {
        url: `${receiver.url}/open?token=${secret("token")}`,
        triggers: [edited === "no" ? "message.updated" : "message.created"],
      }),
    ];
    heard(succeeded(await stack.apply(hook("no"), { during })));
    const twice = heard(await stack.preview(hook("yes")));
    assert.match(said.join("\n"), /\/open\?… .*is declared twice/);
    assert.match(twice.warnings.join("\n"), /the secret of webhook http:\S+\/open\?… is rotated/);
    heard(
      await stack.preview([
        declare("Webhook", "bad", {
          url: `http://a:${secret("user")}@x.example/#${secret("fragment")}`,
          triggers: ["message.created"],
        }),
      ]),
    );
    assertNothingFound();
  });
});
