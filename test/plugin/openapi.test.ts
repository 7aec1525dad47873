import assert from "node:assert/strict";
import { join } from "node:path";
import { Checker } from "../openapi/checker";
import { ApiDocument } from "../openapi/document";
import { KNOWN, MOVED } from "../openapi/known";
import { examine } from "../openapi/report";
import { listen, LIVES } from "../openapi/traffic";

const FIXTURE = join(__dirname, "..", "unit", "openapi", "fixtures", "postOffice.yaml");

describe("openapi: a whole life against a document", function () {
  this.timeout(120_000);

  it("lists are as the document says, and each thing that it has wrong or has not is told", async () => {
    const exchanges = await listen(1, LIVES.slice(0, 1));
    const checker = new Checker(ApiDocument.read(FIXTURE), MOVED);
    const { routes, unknown, known } = examine(exchanges, checker, { known: KNOWN, moved: MOVED });
    assert.deepEqual([...routes.keys()].sort(), [
      "DELETE /v3/lists/{list_id}",
      "GET /v3/lists",
      "GET /v3/lists/{list_id}",
      "POST /v3/lists",
      "POST /v3/webhooks/rotate-secret/{id}",
      "PUT /v3/lists/{list_id}",
    ]);
    assert.deepEqual(
      unknown.filter(({ side }) => side !== "route").map(({ exchanges: _, ...rest }) => rest),
      [
        {
          route: "POST /v3/webhooks/rotate-secret/{id}",
          side: "answer 200",
          path: "/data/webhook_secret",
          problem: "must be integer",
          sample: "(string, not shown)",
        },
      ],
    );
    // What the document has not: every other family of routes, domains under both prefixes.
    const missing = new Set(
      unknown.filter(({ side }) => side === "route").map(({ route }) => route.split("/")[2]),
    );
    assert.deepEqual([...missing].sort(), [
      "admin",
      "applications",
      "connect",
      "connectors",
      "domains",
      "grants",
      "lists",
      "policies",
      "rules",
      "webhooks",
      "workspaces",
    ]);
    assert.deepEqual(
      known.map(({ error }) => error.name),
      ["no-iam"],
    );
    assert.ok(exchanges.length > 300, String(exchanges.length));
  });
});
