import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { memberName } from "../../../provider/core/wireMembers";
import { KNOWN, type KnownObject } from "../../../provider/nylas/wire/known";
import { noticing, notice, tokenOf, unknownIn } from "../../../provider/nylas/wire/unknown";
import { ROUTE_TABLE } from "../../../provider/nylas/routes";
import { TABLES } from "../../../provider/properties";
import { NEEDS } from "../../../provider/resources/needs";
import { RARE, ROUTES } from "../../faults/routes";
import { Remote } from "./remote";

const nylas = path.join(__dirname, "..", "..", "..", "provider", "nylas");
const sources = (folder: string) =>
  fs
    .readdirSync(path.join(nylas, folder))
    .filter((name) => name.endsWith(".ts") && name !== "table.ts")
    .map((name) => fs.readFileSync(path.join(nylas, folder, name), "utf8"))
    .join("\n");

describe("the table of the provider's calls", () => {
  const paths = new Set(ROUTE_TABLE.map(({ route }) => route.split(" ")[1]!));

  it("has every path of provider/nylas/routes, and no other", () => {
    const text = sources("routes") + fs.readFileSync(path.join(nylas, "client.ts"), "utf8");
    const used = [...text.matchAll(/path`([^`]+)`/g)].map(([, template]) => {
      const whole = template!.replace(/\$\{[^}]+\}/g, ":id");
      return whole.startsWith("/v3") ? whole : `/v3/domains${whole}`;
    });
    assert.ok(used.length > 40);
    assert.deepEqual([...new Set([...used, "/v3/domains"])].sort(), [...paths].sort());
  });

  it("has every call that the fault campaign has seen", () => {
    const seen = [ROUTES, RARE].flatMap((table) =>
      Object.values(table).flatMap((operations) => Object.values(operations ?? {}).flat()),
    );
    const known = new Set(ROUTE_TABLE.map(({ route }) => route));
    assert.deepEqual(
      [...new Set(seen)].filter((route) => !known.has(route)),
      [],
    );
  });

  it("names only resources that there are, and each of them", () => {
    const types = new Set(ROUTE_TABLE.flatMap((route) => route.types));
    assert.deepEqual([...types].sort(), Object.keys(NEEDS).sort());
  });
});

describe("the members that are known", () => {
  it("include every member that a decoder reads", () => {
    const text = sources("wire");
    const read = [...text.matchAll(/parse\((\w+Schema), .*?"(an? [^"]+|the record of a domain)"/g)];
    assert.ok(read.length >= 13);
    for (const [, schema, kind] of read) {
      const body = new RegExp(`const ${schema} = z\\.(?:loose)?[oO]bject\\(\\{([\\s\\S]*?)\\n?\\}\\);`).exec(
        text,
      )![1]!;
      const members = [...body.matchAll(/^ {2}(\w+)[:,]/gm)].map(([, name]) => name!);
      const known = Object.keys(KNOWN[kind as KnownObject]);
      assert.deepEqual(
        members.filter((name) => !known.includes(name)),
        [],
        kind,
      );
    }
  });

  it("include every member that a table names", () => {
    // The kinds whose definitions carry such members: elsewhere nothing would send them.
    const objects: Record<string, KnownObject> = {
      Workspace: "a workspace",
      Policy: "a policy",
      Rule: "a rule",
      List: "a list",
      Webhook: "a webhook",
      Principal: "a principal",
      ApiKey: "an API key",
    };
    const named = Object.values(TABLES).flatMap(({ type, properties }) =>
      Object.values(properties).flatMap(({ wire }) => {
        const member = memberName(wire);
        return member === undefined ? [] : [{ type, member }];
      }),
    );
    assert.ok(named.length >= 8);
    assert.deepEqual(
      named.filter(({ type, member }) => {
        const object = objects[type];
        return object === undefined || !Object.keys(KNOWN[object]).includes(member);
      }),
      [],
    );
  });

  it("find what is new: a member, a value, a form, in groups and in lists of groups", () => {
    const rule = {
      id: "r-1",
      name: "A name",
      trigger: "calendar",
      owner: "somebody@example.com",
      match: {
        operator: "all",
        conditions: [{ field: "from.address", operator: "is", value: "x", weight: 1 }],
      },
      actions: "none",
      created_at: "2026-11-28T00:00:00Z",
    };
    assert.deepEqual(unknownIn("a rule", rule), [
      { what: "value", at: "trigger", seen: "calendar" },
      { what: "member", at: "owner", seen: "text" },
      { what: "member", at: "match.conditions[].weight", seen: "number" },
      { what: "form", at: "actions", seen: "text" },
    ]);
    assert.deepEqual(
      unknownIn("a rule", { ...rule, trigger: null, owner: undefined, actions: [], match: null }),
      [{ what: "member", at: "owner", seen: "undefined" }],
    );
  });

  it("show no text of a user", () => {
    for (const text of ["somebody@example.com", "A name", "7b0c1a2e", "nyk_0123456789", "x".repeat(60), ""])
      assert.equal(tokenOf(text), "(not shown)", text);
    for (const text of ["calendar", "in_progress", "message.read"]) assert.equal(tokenOf(text), text);
  });

  it("are compared only where somebody watches", () => {
    notice("a rule", { nothing: 1 });
    const told: string[] = [];
    noticing(
      () => notice("a rule", { never_seen_before: 1 }),
      (text) => told.push(text),
    );
    assert.deepEqual(told, ["unknown member never_seen_before (number) in a rule"]);
  });
});

describe("a trace of an ordinary run", () => {
  let remote: Remote;
  let folder: string;
  before(async () => (remote = await Remote.start()));
  after(() => remote.stop());
  beforeEach(() => (folder = fs.mkdtempSync(path.join(__dirname, ".trace-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const rule = {
    id: "r-1",
    application_id: "a-1",
    name: "Private",
    match: { operator: "all", conditions: [{ field: "from.address", operator: "is", value: "Private" }] },
    actions: [{ type: "block" }],
  };
  const answer = (data: unknown): void => {
    const text = JSON.stringify({ request_id: "q", data });
    remote.always((response) => response.writeHead(200, { "content-type": "application/json" }).end(text));
  };

  it("notes what is new in an answer once per process, by its name alone", async () => {
    const trace = path.join(folder, "trace.txt");
    answer([{ ...rule, trigger: "calendar", mood_of_trace: "Private" }]);
    const api = remote.client(remote.settings({ NYLAS_TRACE: trace }));
    await api.rules.list();
    await api.rules.list();
    const lines = fs.readFileSync(trace, "utf8").split("\n");
    const noted = lines.filter((line) => line.includes("unknown")).map((line) => line.replace(/^\S+ /, ""));
    assert.deepEqual(noted.sort(), [
      "nylas unknown member mood_of_trace (text) in a rule",
      "nylas unknown value calendar of trigger in a rule",
    ]);
    assert.doesNotMatch(lines.join("\n"), /Private/);
  });

  it("says nothing without NYLAS_TRACE, and the answer is the same", async () => {
    answer({ items: [{ ...rule, new_member: 1 }] });
    const [listed] = await remote.client().rules.list();
    assert.equal(listed!.id, "r-1");
    assert.deepEqual(fs.readdirSync(folder), []);
  });
});
