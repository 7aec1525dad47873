import assert from "node:assert/strict";
import { type Exchange } from "nylas-simulator";
import { type Bench, send, startBench } from "./client";

describe("simulator: exchanges", () => {
  let bench: Bench;
  let told: Exchange[];
  beforeEach(async () => {
    told = [];
    bench = await startBench({ onExchange: (exchange) => told.push(exchange) });
  });
  afterEach(() => bench.simulator.close());

  it("are told as they stood on the wire, refusals and secrets included, also after a reset", async () => {
    const made = await bench.app("POST", "/v3/policies", { name: "a" });
    bench.simulator.reset();
    const listed = await bench.app("GET", "/v3/lists?limit=2");
    const refused = await bench.app("POST", "/v3/rules", { name: "", app_password: "hunter2" });
    const json = "application/json";
    const asked = { method: "POST", query: "", requestType: json, answerType: json };
    assert.deepEqual(told, [
      { ...asked, path: "/v3/policies", requestBody: { name: "a" }, status: 200, answerBody: made.body },
      {
        ...asked,
        method: "GET",
        path: "/v3/lists",
        query: "limit=2",
        requestType: null,
        requestBody: undefined,
        status: 200,
        answerBody: listed.body,
      },
      {
        ...asked,
        path: "/v3/rules",
        requestBody: { name: "", app_password: "hunter2" },
        status: 400,
        answerBody: refused.body,
      },
    ]);
    assert.doesNotMatch(JSON.stringify(bench.simulator.requests), /hunter2/);
  });

  it("are not told where a fault has spoilt the answer: that is not what Nylas answers", async () => {
    bench.simulator.addFault({ kind: "status", status: 503, method: "POST" });
    bench.simulator.addFault({ kind: "status", status: 502, when: "after", method: "GET" });
    assert.equal((await bench.app("POST", "/v3/policies", { name: "a" })).status, 503);
    assert.equal((await bench.app("GET", "/v3/policies")).status, 502);
    assert.deepEqual(told, []);
    await bench.app("GET", "/v3/policies");
    assert.equal(told.length, 1);
  });

  it("have no body where what came is no JSON", async () => {
    const { simulator } = bench;
    await send(`${simulator.url}/v3/policies`, "POST", simulator.keys.apiKey, undefined, {
      "content-type": "text/plain",
    });
    const url = new URL(`${simulator.url}/v3/policies`);
    await fetch(url, {
      method: "POST",
      body: "{ no json",
      headers: { authorization: `Bearer ${simulator.keys.apiKey}` },
    });
    assert.deepEqual(
      told.map(({ requestType, requestBody, status }) => [requestType, requestBody, status]),
      [
        ["text/plain", {}, 400],
        ["text/plain;charset=UTF-8", undefined, 400],
      ],
    );
  });
});
