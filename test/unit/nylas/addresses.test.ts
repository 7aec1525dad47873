import { strict as assert } from "node:assert";
import { domainOfEmail, normalEmail } from "../../../provider/nylas/addresses";

describe("the normal form of an address", () => {
  for (const [given, wanted, domain] of [
    ["bot@agents.example.com", "bot@agents.example.com", "agents.example.com"],
    [" Bot@Agents.Example.COM ", "bot@agents.example.com", "agents.example.com"],
    ['"a@b"@example.com', '"a@b"@example.com', "example.com"],
    ["", "", ""],
  ] as const)
    it(`of ${JSON.stringify(given)}`, () => {
      assert.equal(normalEmail(given), wanted);
      assert.equal(normalEmail(wanted), wanted);
      assert.equal(domainOfEmail(given), domain);
    });
});
