import { strict as assert } from "node:assert";
import { RemoteClock } from "../../../provider/nylas/remoteClock";

describe("G2: the clock of the other side", () => {
  const noon = Date.parse("2026-11-30T12:00:00Z");
  const said = (milliseconds: number) => new Date(milliseconds).toUTCString();

  it("goes on from the date of the last answer by the time that has passed, whatever the wall's clock shows", () => {
    let passed = 0;
    const clock = new RemoteClock(() => passed);
    assert.equal(clock.now(), undefined);
    clock.hear(said(noon));
    passed = 90_000;
    assert.equal(clock.now(), noon + 90_000);
    clock.hear(said(noon + 100_000));
    passed = 91_000;
    assert.equal(clock.now(), noon + 101_000);
  });

  it("keeps what it knows where an answer tells nothing", () => {
    const clock = new RemoteClock(() => 0);
    clock.hear(undefined);
    assert.equal(clock.now(), undefined);
    clock.hear(said(noon));
    for (const nothing of [undefined, "", "yesterday"]) clock.hear(nothing);
    assert.equal(clock.now(), noon);
  });
});
