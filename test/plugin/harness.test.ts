import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationError, Plugin, unknown } from "./harness";
import { type Declared, FakeStack, type Report } from "./stack";

/** A provider whose remote side is a file: { calls, objects }. What it is told to do wrong stands in the inputs. */
const toy = String.raw`exports.handler = () => {
  const fs = require("node:fs");
  const file = process.env.TOY_REMOTE;
  const change = (what, edit) => {
    const remote = JSON.parse(fs.readFileSync(file, "utf8"));
    remote.calls.push(what);
    const result = edit ? edit(remote.objects) : undefined;
    fs.writeFileSync(file, JSON.stringify(remote));
    return result;
  };
  const partly = (id, props) => Object.assign(new Error("half done"), { id, properties: props, reasons: ["half done"] });
  let config;
  return {
    configure: async (request) => { config = request.config; },
    check: async (olds, news) => {
      change("check " + news.value);
      const failures = news.value === "bad" ? [{ property: "value", reason: "is bad" }] : [];
      return { inputs: { ...news, hadValue: olds.value ?? "none" }, failures };
    },
    diff: async (id, olds, news) => {
      change("diff " + olds.value + " " + news.value);
      return { changes: olds.value !== news.value, replaces: olds.key !== news.key ? ["key"] : [] };
    },
    create: async (inputs) => {
      if (inputs.value === "explode") throw new Error("no room");
      if (inputs.value === "hang") await new Promise(() => setInterval(() => {}, 1000));
      const id = change("create " + inputs.value, (objects) => {
        const id = "id-" + (Object.keys(objects).length + 1);
        objects[id] = { value: inputs.value };
        return id;
      });
      const outs = { ...inputs, made: id, secret: config.get("toy:secret") ?? "" };
      if (inputs.value === "half") throw partly(id, { ...outs, __provider: inputs.__provider });
      return { id, outs };
    },
    read: async (id, props) => {
      const found = change("read " + id, (objects) => objects[id]);
      if (!found) return { id: "", props: {} };
      return { id, props: { ...props, value: found.value }, inputs: { key: props.key ?? null, value: found.value } };
    },
    update: async (id, olds, news) => {
      change("update " + id + " " + news.value, (objects) => { objects[id] = { value: news.value }; });
      return { outs: { ...news, made: id } };
    },
    delete: async (id, props) => {
      if (props.value === "sticky") throw new Error("it is not empty");
      change("delete " + id, (objects) => { delete objects[id]; });
    },
  };
};`;

let folder: string;
let file: string;
const remote = () =>
  JSON.parse(readFileSync(file, "utf8")) as { calls: string[]; objects: Record<string, object> };
const options = () => ({ provider: () => toy, env: { TOY_REMOTE: file }, config: { "toy:secret": "open" } });

const openRemote = () => {
  folder = mkdtempSync(join(tmpdir(), "toy-"));
  file = join(folder, "remote.json");
};
const emptyRemote = () => writeFileSync(file, JSON.stringify({ calls: [], objects: {} }));
const removeRemote = () => rmSync(folder, { recursive: true });

describe("the plugin under test", () => {
  before(openRemote);
  beforeEach(emptyRemote);
  after(removeRemote);

  let plugin: Plugin;
  beforeEach(async () => {
    plugin = await Plugin.start(options());
  });
  afterEach(() => plugin.stop());

  it("answers every call of the engine with plain values", async () => {
    const checked = await plugin.check("Toy", {}, { value: "a", nested: { list: [1, null, "x"] } });
    assert.deepEqual(checked.failures, []);
    assert.deepEqual(checked.inputs.nested, { list: [1, null, "x"] });
    const { id, outputs } = await plugin.create("Toy", checked.inputs);
    assert.equal(outputs.secret, "open");
    assert.equal(outputs.__provider, toy);
    assert.deepEqual(await plugin.diff("Toy", id, outputs, { ...checked.inputs, value: "b" }), {
      changes: true,
      replaces: [],
      deleteBeforeReplace: false,
    });
    assert.equal((await plugin.update("Toy", id, outputs, { value: "b" })).outputs.value, "b");
    assert.deepEqual((await plugin.read("Toy", id, outputs)).inputs?.value, "b");
    await plugin.delete("Toy", id, outputs);
    assert.equal((await plugin.read("Toy", id, outputs)).id, "");
    assert.deepEqual(remote().objects, {});
  });

  it("names the property of a refused input", async () => {
    const { failures } = await plugin.check("Toy", {}, { value: "bad" });
    assert.deepEqual(failures, [{ property: "value", reason: "is bad" }]);
  });

  it("says what is to be recorded after a partial failure, and nothing after a plain one", async () => {
    await assert.rejects(plugin.create("Toy", { value: "half" }), (error: OperationError) => {
      assert.equal(error.partial?.id, "id-1");
      assert.deepEqual(error.partial?.reasons, ["half done"]);
      assert.equal(error.partial?.properties.value, "half");
      return true;
    });
    await assert.rejects(plugin.create("Toy", { value: "explode" }), (error: OperationError) => {
      assert.equal(error.message, "no room");
      return error.partial === undefined;
    });
  });

  it("can be killed in the middle of a call, and started again", async () => {
    const hanging = assert.rejects(plugin.create("Toy", { value: "hang" }), OperationError);
    await plugin.check("Toy", {}, { value: "x" });
    assert.equal(await plugin.kill("SIGKILL"), "SIGKILL");
    await hanging;
    await plugin.restart();
    assert.equal((await plugin.create("Toy", { value: "again" })).id, "id-1");
  });

  it("can lose its engine and live on", async () => {
    plugin.closeEngine();
    assert.equal((await plugin.create("Toy", { value: "a" })).id, "id-1");
  });

  it("takes many calls a second, so that hundreds of tests can afford it", async () => {
    await plugin.check("Toy", {}, { value: "warm" });
    const began = performance.now();
    for (let n = 0; n < 300; n++) await plugin.diff("Toy", "id", { value: "a" }, { value: "a" });
    const perSecond = 300 / ((performance.now() - began) / 1000);
    assert(perSecond > 2, `${Math.round(perSecond)} calls a second`);
  });

  it("speaks through the engine's log", async () => {
    const voice = `exports.handler = () => ({ diff: async () => {
      const grpc = require("@grpc/grpc-js");
      const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb");
      const { LogRequest } = require("@pulumi/pulumi/proto/engine_pb");
      const client = new EngineClient(process.argv[2], grpc.credentials.createInsecure());
      const request = new LogRequest();
      request.setSeverity(2);
      request.setMessage("mail would be lost");
      await new Promise((done) => client.log(request, done));
      return { changes: false };
    } });`;
    await plugin.diff("Toy", "id", { __provider: voice }, { __provider: voice });
    assert.deepEqual(plugin.warnings, ["mail would be lost"]);
  });
});

describe("the stack under test", () => {
  let stack: FakeStack;
  before(() => {
    openRemote();
    stack = new FakeStack({ ...options(), oneProcess: true });
  });
  beforeEach(() => {
    emptyRemote();
    stack.state = [];
  });
  after(async () => {
    await stack.close();
    removeRemote();
  });

  const toyNamed = (name: string, inputs: Declared["inputs"], more: Partial<Declared> = {}): Declared => ({
    name,
    type: "Toy",
    inputs,
    ...more,
  });
  const steps = (report: Report) => report.steps.map(({ name, op }) => `${op} ${name}`);
  const calls = () => remote().calls.splice(0);
  const forget = () => writeFileSync(file, JSON.stringify({ ...remote(), calls: [] }));

  it("creates, leaves alone, updates with the old outputs, and destroys backwards", async () => {
    const program = (value: string) => [
      toyNamed("first", { value }),
      toyNamed("second", { value: "s", parent: (of) => of("first").id }),
    ];
    assert.deepEqual(steps(await stack.apply(program("a"))), ["create first", "create second"]);
    assert.equal(stack.find("second").inputs.parent, "id-1");
    assert.deepEqual(stack.find("second").dependencies, ["first"]);
    assert.equal(stack.find("first").inputs.label, "project/stack/first");
    assert.deepEqual(steps(await stack.apply(program("a"))), ["same first", "same second"]);
    forget();
    assert.deepEqual(steps(await stack.apply(program("b"))), ["update first", "same second"]);
    assert.deepEqual(calls().slice(0, 3), ["check b", "diff a b", "update id-1 b"]);
    assert.equal(stack.find("first").inputs.hadValue, "a");
    assert.deepEqual(steps(await stack.destroy()), ["delete second", "delete first"]);
    assert.deepEqual(stack.state, []);
  });

  it("creates a replacement before it deletes what is replaced", async () => {
    await stack.apply([toyNamed("one", { key: 1, value: "a" })]);
    forget();
    assert.deepEqual(steps(await stack.apply([toyNamed("one", { key: 2, value: "b" })])), [
      "replace one",
      "delete one",
    ]);
    assert.deepEqual(calls(), ["check b", "diff a b", "check b", "create b", "delete id-1"]);
    assert.equal(stack.state.length, 1);
    assert.equal(stack.find("one").id, "id-2");
  });

  it("takes a rename for a create and then a delete, and an alias for neither", async () => {
    await stack.apply([toyNamed("old", { value: "a" })]);
    assert.deepEqual(steps(await stack.apply([toyNamed("new", { value: "a" })])), [
      "create new",
      "delete old",
    ]);
    const aliased = toyNamed("newest", { value: "a" }, { aliases: ["new"] });
    assert.deepEqual(steps(await stack.apply([aliased])), ["same newest"]);
  });

  it("previews with checks and diffs alone, what does not exist yet being unknown", async () => {
    const program = [
      toyNamed("first", { value: "a" }),
      toyNamed("second", {
        value: (of) => of("first").made,
        known: (of) => of("first").value,
        deep: [{ of: (of) => of("first").id }],
      }),
    ];
    const report = await stack.preview(program);
    assert.deepEqual(steps(report), ["create first", "create second"]);
    assert.deepEqual(remote(), { calls: ["check a", `check ${unknown}`], objects: {} });
    assert.deepEqual(stack.state, []);
    await stack.apply(program);
    forget();
    const changed = [toyNamed("first", { value: "b" }), ...program.slice(1)];
    assert.deepEqual(steps(await stack.preview(changed)), ["update first", "update second"]);
    assert.deepEqual(calls(), ["check b", "diff a b", `check ${unknown}`, `diff id-1 ${unknown}`]);
    assert.deepEqual(steps(await stack.preview([])), ["delete second", "delete first"]);
  });

  it("stops at refused inputs with the property, and deletes nothing then", async () => {
    await stack.apply([toyNamed("left-over", { value: "x" })]);
    const report = await stack.apply([toyNamed("one", { value: "bad" }), toyNamed("two", { value: "a" })]);
    assert.deepEqual(report.errors, [{ name: "one", property: "value", message: "is bad" }]);
    assert.deepEqual(
      stack.state.map(({ name }) => name),
      ["left-over"],
    );
  });

  it("stops at a failure, or with continueOnError goes on past its dependants", async () => {
    await stack.apply([toyNamed("left-over", { value: "x" })]);
    const program = [
      toyNamed("one", { value: "explode" }),
      toyNamed("dependant", { value: (of) => of("one").value }),
      toyNamed("other", { value: "a" }),
    ];
    const stopped = await stack.apply(program);
    assert.deepEqual(stopped.errors, [{ name: "one", message: "no room" }]);
    assert.deepEqual(stopped.steps, []);
    const wentOn = await stack.apply(program, { continueOnError: true });
    assert.deepEqual(steps(wentOn), ["skip dependant", "create other", "delete left-over"]);
  });

  it("records what was made in part, and tries again next time", async () => {
    const report = await stack.apply([toyNamed("one", { value: "half" })]);
    assert.deepEqual(report.errors, [{ name: "one", message: "half done" }]);
    assert.deepEqual(stack.find("one").initErrors, ["half done"]);
    assert.deepEqual(steps(await stack.apply([toyNamed("one", { value: "half" })])), ["update one"]);
    assert.deepEqual(stack.find("one").initErrors, []);
  });

  it("keeps an entry whose delete is refused, and what it depends on", async () => {
    const program = [
      toyNamed("base", { value: "b" }),
      toyNamed("top", { value: "sticky" }, { dependsOn: ["base"] }),
      toyNamed("loose", { value: "l" }),
    ];
    await stack.apply(program);
    const report = await stack.destroy({ continueOnError: true });
    assert.deepEqual(report.errors, [{ name: "top", message: "it is not empty" }]);
    assert.deepEqual(steps(report), ["delete loose"]);
    assert.deepEqual(
      stack.state.map(({ name }) => name),
      ["base", "top"],
    );
  });

  it("refreshes inputs and outputs from what is there, and drops what is gone", async () => {
    await stack.apply([toyNamed("drifted", { value: "a" }), toyNamed("gone", { value: "b" })]);
    const { objects } = remote();
    objects["id-1"] = { value: "elsewhere" };
    delete objects["id-2"];
    writeFileSync(file, JSON.stringify({ calls: [], objects }));
    assert.deepEqual(steps(await stack.refresh()), ["drift drifted", "gone gone"]);
    assert.deepEqual(calls(), ["read id-1", "diff elsewhere a", "read id-2"]);
    assert.equal(stack.find("drifted").inputs.value, "elsewhere");
    assert.equal(stack.state.length, 1);
  });

  it("says when its plugin dies in the middle", async () => {
    const own = new FakeStack(options());
    const report = await own.apply([toyNamed("one", { value: "hang" })], {
      during: (plugin) => setTimeout(() => void plugin.kill(), 700),
    });
    await own.close();
    assert.equal(report.errors.length, 1);
    assert.deepEqual(own.state, []);
  });
});
