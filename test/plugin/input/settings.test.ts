import assert from "node:assert/strict";
import { NylasError } from "../../../provider/nylas/errors";
import {
  configurationKey,
  environmentName,
  readSettings,
  type SettingName,
} from "../../../provider/nylas/credentials";
import { alike, CANARY, CONTROLS, Dice, STRANGE, within, WORD } from "./values";

const SEED = Number(process.env.BAD_INPUT_SEED ?? 1);
const CASES = 3_000;

const GOOD: Record<SettingName, readonly string[]> = {
  apiKey: ["nyk_abc"],
  organizationKey: ["nyk_org"],
  serviceAccount: ['{"private_key_id":"a","private_key":"b"}'],
  domainCredential: ["organizationKey", "serviceAccount"],
  region: ["us", "eu", "EU"],
  apiUrl: ["https://api.us.nylas.com", "http://127.0.0.1:8080/x/"],
  auditLog: ["audit.jsonl"],
  protect: ["true", "0"],
  dnsServers: ['["10.0.0.53:53"]', "10.0.0.53, ns.example.com:5353"],
  forceDestroy: ['["account:a@agents.example.com"]', "domain:agents.example.com"],
  requestTimeout: ["30", "0.5"],
};
const SECRETS: readonly SettingName[] = ["apiKey", "organizationKey", "serviceAccount"];

/** A text that a person or a shell may have made of a setting. */
function wrong(dice: Dice, name: SettingName): string {
  const good = dice.one(GOOD[name]);
  const made = dice.one([
    () => within(dice, good, dice.one(CONTROLS)),
    () =>
      within(
        dice,
        good,
        dice.one(["{", "[", '"', "\\", ",", "é", " ", "../", "@", "#", "?", "%00", "\u200b"]),
      ),
    () => alike(dice, good),
    () => JSON.stringify(dice.one(STRANGE)[1]),
    () =>
      dice.one([
        "",
        " ",
        "undefined",
        "null",
        "NaN",
        "Infinity",
        "-1",
        "0x10",
        "1e9",
        "[",
        "[1]",
        '["a"',
        "{}",
        "__proto__",
        "yes",
        "file:///etc/passwd",
        "http://evil.example",
        "https://user:pw@evil.example",
        "https://evil.example/v3",
        "https://evil.example?x=1",
        "//evil.example",
        "[::1]:99999",
        "ns:0",
        "ns:65536",
        "ns:x",
      ]),
    () => dice.text(WORD, 5_000),
  ])();
  // A secret is never repeated, whatever is wrong with it.
  return SECRETS.includes(name) && made !== "" ? within(dice, made, CANARY) : made;
}

describe("bad settings", () => {
  it(`are refused with the name of the setting and what it takes, without the value of a secret, or read: ${CASES} cases`, () => {
    let refused = 0;
    for (let number = 0; number < CASES; number++) {
      const dice = new Dice(SEED, number);
      const names = dice.some(Object.keys(GOOD) as SettingName[], 1).slice(0, 2);
      const connection = dice.one([undefined, undefined, "eu"]);
      const fromEnvironment = dice.chance(0.5);
      const given = Object.fromEntries(names.map((name) => [name, wrong(dice, name)]));
      const stack = new Map(names.map((name) => [configurationKey(name, connection), given[name]]));
      const env = Object.fromEntries(names.map((name) => [environmentName(name, connection), given[name]]));
      const tell = `BAD_INPUT_SEED=${SEED}, case ${number}: ${JSON.stringify(given).slice(0, 500)}`;
      try {
        const settings = readSettings(
          (key) => (fromEnvironment ? undefined : stack.get(key)),
          fromEnvironment ? env : {},
          connection,
        );
        // What is wrong with it is kept for a run with a program, and said there.
        if (settings.forceDestroy.problem) throw settings.forceDestroy.problem;
        assert.ok(!JSON.stringify(settings).includes(CANARY), tell);
        assert.ok(["us", "eu"].includes(settings.region), tell);
        const { protocol, hostname } = new URL(settings.apiUrl);
        assert.ok(
          protocol === "https:" || (protocol === "http:" && /^(127\.|localhost$|\[::1\]$)/.test(hostname)),
          tell,
        );
        assert.ok(settings.requestTimeout > 0 && settings.requestTimeout <= 600_000, tell);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        refused++;
        assert.ok(error instanceof NylasError, `${tell}\n${(error as Error).stack}`);
        assert.equal(error.kind, "setting", tell);
        assert.ok(
          names.some((name) =>
            error.message.includes(
              fromEnvironment ? environmentName(name, connection) : configurationKey(name, connection),
            ),
          ),
          `${tell}\n${error.message}`,
        );
        assert.ok(!error.message.includes(CANARY), tell);
        assert.doesNotMatch(error.message, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u, tell);
        assert.ok(error.message.length < 1_000, `${tell}\n${error.message}`);
      }
    }
    assert.ok(refused > CASES / 4, `${refused} refused`);
  });

  it("refuse a connection that is none", () => {
    for (const connection of ["", "../x", "a b", "a:b", "-a", "1a", "x".repeat(64), "a\n", "éu"])
      assert.throws(
        () => readSettings(() => undefined, {}, connection),
        (error) => error instanceof NylasError && /setting connection/.test(error.message),
        connection,
      );
  });
});
