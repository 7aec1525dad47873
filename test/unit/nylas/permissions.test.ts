import assert from "node:assert/strict";
import { permissionFor } from "../../../provider/nylas/permissions";

describe("the permission that a route needs (R14)", () => {
  const cases: Record<string, string | undefined> = {
    "GET /v3/applications": "applications.read",
    "GET /v3/connectors": "connectors.read",
    "POST /v3/connectors": "connectors.create",
    "GET /v3/grants?limit=200": "grants.read",
    "POST /v3/connect/custom": "grants.create",
    "PATCH /v3/grants/g": "grants.update",
    "DELETE /v3/grants/g": "grants.delete",
    "GET /v3/grants/g/messages": "messages.read",
    "POST /v3/grants/g/messages/send": "messages.send",
    "DELETE /v3/grants/g/folders/f": "folders.delete",
    "GET /v3/lists/l/items": "lists.read",
    "POST /v3/lists/l/items": "lists.update",
    "DELETE /v3/lists/l/items": "lists.update",
    "POST /v3/workspaces/w/manual-assign": "workspaces.update",
    "POST /v3/webhooks/rotate-secret/w": "webhooks.update",
    "PUT /v3/policies/p": "policies.update",
    "GET /v4/other": undefined,
    "GET /": undefined,
  };
  for (const [route, permission] of Object.entries(cases))
    it(`of ${route} is ${permission ?? "not known"}`, () => {
      const [method, path] = route.split(" ") as [string, string];
      assert.equal(permissionFor(method, path), permission);
    });
});
