import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOfItems } from "../../provider/properties/listItems";
import { type Inputs, describeConformance } from "./conformance";
import { type Declared } from "./stack";
import { declare, done, openWorld, refused, succeeded, writesOf } from "./world";

const list = (name: string, inputs: Inputs, more?: Partial<Declared>) => declare("List", name, inputs, more);

describeConformance({
  type: "List",
  declare: list,
  least: { name: "Subject", type: "domain" },
  whole: { name: "Subject", type: "domain", description: "Reported", items: ["a.example", "b.example"] },
  created: [
    'POST /v3/lists {"name":"Subject","type":"domain","description":"Reported"}',
    'POST /v3/lists/:id/items {"items":["a.example","b.example"]}',
  ],
  edits: [
    [{ name: "Renamed" }, ['PUT /v3/lists/:id {"name":"Renamed"}']],
    [{ description: "Less" }, ['PUT /v3/lists/:id {"description":"Less"}']],
    [{ description: undefined }, ['PUT /v3/lists/:id {"description":""}']],
    [
      { items: ["a.example", "b.example", "c.example"] },
      ['POST /v3/lists/:id/items {"items":["c.example"]}'],
    ],
    [
      { items: ["b.example", "c.example"] },
      ['POST /v3/lists/:id/items {"items":["c.example"]}', "DELETE /v3/lists/:id/items"],
    ],
    [{ items: [] }, ["DELETE /v3/lists/:id/items"]],
    // Order, case, blanks and doubles mean nothing.
    [{ items: [" B.example ", "A.EXAMPLE", "a.example"] }, []],
    // Whose they are from then on is not the program's business.
    [{ items: undefined }, []],
  ],
  replacing: [
    {
      change: { type: "tld", items: ["zip"] },
      writes: [
        'POST /v3/lists {"name":"Subject","type":"tld","description":"Reported"}',
        'POST /v3/lists/:id/items {"items":["zip"]}',
        "DELETE /v3/lists/:id",
      ],
    },
  ],
  drift: {
    by: ({ sim }, id) => sim.edit("list", id, { items: ["a.example", "x.example"] }),
    writes: ['POST /v3/lists/:id/items {"items":["b.example"]}', "DELETE /v3/lists/:id/items"],
  },
  remove: ({ sim }, id) => sim.remove("list", id),
  seed: ({ sim }, differs) =>
    sim.seed({ kind: "list", name: "Subject", type: "domain", description: differs ? "Other" : "" }),
  differing: { inputs: { description: "Mine" }, said: 'description: there "Other", declared "Mine"' },
  bad: [
    [{ type: undefined }, "type"],
    [{ type: "email" }, "type"],
    [{ name: "" }, "name"],
    [{ description: 1 }, "description"],
    [{ items: "a.example" }, "items"],
    [{ items: ["a.example", 5] }, "items[1]"],
    [{ items: ["a.example", ""] }, "items[1]"],
    [{ items: ["someone@a.example"] }, "items[0]"],
    [{ items: ["https://a.example"] }, "items[0]"],
    [{ items: ["*.a.example"] }, "items[0]"],
    [{ items: [`${"x".repeat(495)}.example`] }, "items[0]"],
    [{ type: "address", items: ["a.example"] }, "items[0]"],
    [{ type: "tld", items: [".zip"] }, "items[0]"],
    [{ itemsFile: "" }, "itemsFile"],
    [{ items: [], itemsFile: "x" }, "itemsFile"],
    [{ entries: [] }, ""],
  ],
});

describe("the items of a List", () => {
  const world = openWorld();
  const many = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `d${from + i}.example`);
  const there = (name = "project/stack/blocked") =>
    world.sim.state().lists.find((each) => each.name === name)?.items ?? assert.fail();

  it("go in chunks of a thousand, only what is new and only what is gone", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([list("blocked", { type: "domain", items: many(2500) })]));
    assert.deepEqual(
      sim
        .writes()
        .map(({ path, body }) => [path.split("/").pop(), (body as { items?: string[] }).items?.length]),
      [
        ["lists", undefined],
        ["items", 1000],
        ["items", 1000],
        ["items", 500],
      ],
    );
    sim.clearRequests();
    succeeded(await stack.apply([list("blocked", { type: "domain", items: many(2500, 1200) })]));
    assert.deepEqual(
      sim.writes().map(({ method, body }) => [method, (body as { items: string[] }).items.length]),
      [
        ["POST", 1000],
        ["POST", 200],
        ["DELETE", 1000],
        ["DELETE", 200],
      ],
    );
    assert.deepEqual([...there()].sort(), many(2500, 1200).sort());
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
  });

  it("that somebody else keeps are never touched, nor looked at", async () => {
    const { stack, sim } = world;
    succeeded(await stack.apply([list("blocked", { type: "domain" })]));
    sim.edit("list", stack.find("blocked").id, { items: ["theirs.example"] });
    sim.clearRequests();
    assert.deepEqual(done(succeeded(await stack.refresh())), []);
    succeeded(await stack.apply([list("blocked", { type: "domain", description: "x" })]));
    assert.deepEqual(there(), ["theirs.example"]);
    assert.equal(stack.find("blocked").outputs.itemsCount, 1);
    assert.ok(sim.requests.every(({ path }) => !path.endsWith("/items")));
  });

  it("that did not all go in are recorded with the list, and the next run goes on", async () => {
    const { stack, sim } = world;
    sim.addFault({ path: "/items$", method: "POST", kind: "status", status: 400, skip: 1 });
    const report = await stack.apply([list("blocked", { type: "domain", items: many(1500) })]);
    refused(report, "exists, but its items are not all in place");
    assert.equal(there().length, 1000);
    const { id } = stack.find("blocked");
    assert.deepEqual(
      done(succeeded(await stack.apply([list("blocked", { type: "domain", items: many(1500) })]))),
      ["update blocked"],
    );
    assert.equal(stack.find("blocked").id, id);
    assert.equal(there().length, 1500);
    assert.equal(sim.state().lists.length, 1);
  });

  it("after a connection that broke in the middle are all there, once", async () => {
    const { stack, sim } = world;
    sim.addFault({ path: "/items$", method: "POST", kind: "reset", when: "after" });
    succeeded(await stack.apply([list("blocked", { type: "domain", items: many(3) })]));
    assert.deepEqual(there(), many(3));
  });

  describe("from a file", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "lists-"))));
    afterEach(() => rmSync(folder, { recursive: true }));

    const from = (text: string) => {
      const itemsFile = join(folder, "blocked.txt");
      writeFileSync(itemsFile, text);
      const items = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
      // As the constructor hands it over.
      return { type: "domain", itemsFile, itemsDigest: digestOfItems(items) };
    };

    it("stand in the state as a digest, whatever their number", async () => {
      const { stack } = world;
      succeeded(await stack.apply([list("blocked", from(`# spam\n${many(1200).join("\n")}\n`))]));
      assert.equal(there().length, 1200);
      const { inputs, outputs } = stack.find("blocked");
      assert.ok(JSON.stringify({ inputs, outputs }).length < 1500);
      assert.equal(outputs.itemsCount, 1200);
      assert.deepEqual(done(succeeded(await stack.refresh())), []);
      assert.deepEqual(
        done(succeeded(await stack.apply([list("blocked", from(many(1200).reverse().join("\n")))]))),
        [],
      );
    });

    it("are brought to what the file holds when it changes, and after a drift", async () => {
      const { stack, sim } = world;
      succeeded(await stack.apply([list("blocked", from("a.example\nb.example"))]));
      writesOf(sim);
      succeeded(await stack.apply([list("blocked", from("b.example\nC.example"))]));
      assert.deepEqual(writesOf(sim), [
        'POST /v3/lists/:id/items {"items":["c.example"]}',
        "DELETE /v3/lists/:id/items",
      ]);
      sim.edit("list", stack.find("blocked").id, { items: ["b.example"] });
      assert.deepEqual(done(succeeded(await stack.refresh())), ["drift blocked"]);
      succeeded(await stack.apply([list("blocked", from("b.example\nC.example"))]));
      assert.deepEqual([...there()].sort(), ["b.example", "c.example"]);
    });

    it("that is not the one the program read changes nothing", async () => {
      const { stack, sim } = world;
      const declared = from("a.example");
      writeFileSync(declared.itemsFile, "b.example");
      refused(await stack.apply([list("blocked", declared)]), "is not the file that the program read");
      rmSync(declared.itemsFile);
      refused(await stack.apply([list("blocked", declared)]), "cannot be read", "ENOENT");
      assert.deepEqual(sim.state().lists, []);
    });
  });
});
