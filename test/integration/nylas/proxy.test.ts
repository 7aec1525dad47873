import assert from "node:assert/strict";
import { isPastProxy } from "../../../provider/nylas/proxy";

describe("NO_PROXY is read as other tools read it", () => {
  const url = new URL("https://api.us.nylas.com/v3/grants");
  const past = [
    "*",
    "foo, *",
    "nylas.com",
    ".nylas.com",
    "*.nylas.com",
    "api.us.nylas.com.",
    "API.US.NYLAS.COM",
    "a  nylas.com",
    "nylas.com:443",
  ];
  const through = [
    "",
    " ",
    ",",
    "las.com",
    "api.us.nylas.com.example",
    "nylas.com:8443",
    "*.",
    ".",
    "other.com",
  ];
  for (const list of past)
    it(`${JSON.stringify(list)} covers the API`, () => {
      assert.equal(isPastProxy(url, { NO_PROXY: list }), true);
    });
  for (const list of through)
    it(`${JSON.stringify(list)} does not`, () => {
      assert.equal(isPastProxy(url, { NO_PROXY: list }), false);
    });
  it("no_proxy comes first, and nothing is nothing", () => {
    assert.equal(isPastProxy(url, { no_proxy: "*", NO_PROXY: "x" }), true);
    assert.equal(isPastProxy(url, {}), false);
    assert.equal(isPastProxy(new URL("http://[::1]:8080/"), { NO_PROXY: "::1" }), true);
  });
});
