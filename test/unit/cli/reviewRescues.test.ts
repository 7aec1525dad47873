/** E3: rules that take mail out of junk and trash again. Of several rules that move a message, the last one wins. */
import { strict as assert } from "node:assert";
import { RECOMMENDED } from "../../../provider/review/gates";
import { type Report } from "../../../provider/review/report";
import { readPreview, report, scopeOf } from "./hosts";
import { type Declared, gatesOf, object, previewOf, stops } from "./previews";

const ref = (name: string) => ({ ref: name });
const rule = (name: string, inputs: object) =>
  object("Rule", name, { name, trigger: "inbound", match: "all", enabled: true, priority: 10, ...inputs });
const from = (field: string, test: object) => ({ conditions: [{ field: `from.${field}`, ...test }] });
const junk = (inputs: object = {}) =>
  rule("junk", {
    priority: 5,
    ...from("domain", { is: "partner.example" }),
    actions: ["markAsSpam"],
    ...inputs,
  });
const keep = (inputs: object = {}) =>
  rule("keep", {
    priority: 20,
    ...from("address", { is: "boss@partner.example" }),
    actions: [{ assignToFolder: "Keep" }],
    ...inputs,
  });
const friends = (...items: string[]) =>
  object("List", "friends", { name: "friends", type: "address", items });
const keepFriends = keep(from("address", { inList: [ref("friends")] }));
const workspace = (...rules: string[]) => object("Workspace", "w", { name: "w", ruleIds: rules.map(ref) });
const bot = (inputs: object = {}) =>
  object("AgentAccount", "bot", { email: "bot@agents.example.com", workspaceId: ref("w"), ...inputs });

const reviewed = (before: Declared[], after: Declared[], complete = true): Report => {
  const preview = readPreview(previewOf(before, after), { showsPending: true });
  return report(preview, { scope: scopeOf(preview, [], complete) });
};
const passes = (result: Report): void =>
  assert.deepEqual(
    gatesOf(result).filter((gate) => RECOMMENDED.includes(gate)),
    [],
    result.markdown,
  );
const both = (kept: Declared = keep(), junked: Declared = junk()) => [
  junked,
  kept,
  workspace("junk", "keep"),
  bot({ folders: ["Keep", "Other"] }),
];
const alone = [junk(), workspace("junk"), bot({ folders: ["Keep", "Other"] })];

describe("G7: a rule that another stack's workspace may name as well", () => {
  const named = (...rules: Declared[]) => [...rules, workspace(...rules.map(({ name }) => name)), bot()];
  const star = rule("star", { ...from("domain", { is: "partner.example" }), actions: ["markAsStarred"] });
  for (const [what, after] of Object.entries({
    "is deleted": named(star),
    "is switched off": named(star, keep({ enabled: false })),
    "holds for other mail": named(star, keep(from("address", { is: "other@partner.example" }))),
  }))
    it(`it ${what}, and here no rule moves mail to junk`, () => {
      const before = named(star, keep());
      stops(reviewed(before, after, false), "drains");
      passes(reviewed(before, after));
    });
  it("it puts mail into another folder that lasts", () => {
    const before = named(star, keep());
    passes(reviewed(before, named(star, keep({ actions: ["archive"] })), false));
  });
});

describe("E3: a rule that takes mail out of junk or trash", () => {
  for (const [what, after] of Object.entries<Declared[]>({
    "is deleted": alone,
    "is taken off the workspace": [keep(), ...alone],
    "is switched off": both(keep({ enabled: false })),
    "holds for other mail": both(keep(from("address", { is: "other@partner.example" }))),
    "holds for less mail": both(keep({ conditions: [...keepBoth(), ...keepBoth()].slice(0, 2) })),
    "is for outgoing mail": both(
      keep({
        trigger: "outbound",
        conditions: [{ field: "recipient.domain", is: "x.example" }],
        actions: ["markAsRead"],
      }),
    ),
    "runs earlier": both(keep({ priority: 1 })),
    "leaves mail where it is": both(keep({ actions: ["markAsRead"] })),
    "puts it into a folder that may be missing": both(keep({ actions: [{ assignToFolder: "Nowhere" }] })),
    "has actions that are not known": both(keep({ actions: { unknown: [] } })),
    "loses its folder": [...both().slice(0, 3), bot({ folders: ["Other"] })],
    "loses its folder, or not": [...both().slice(0, 3), bot({ folders: { unknown: [] } })],
  }))
    it(`${what}: what it kept from junk is gated`, () => {
      const text = stops(reviewed(both(), after), "drains");
      assert.match(text, /junk|spam or trash/);
    });

  for (const [what, junked] of Object.entries({
    "marks it as spam": junk(),
    "puts it into the trash": junk({ actions: ["trash"] }),
    "puts it into a folder of junk": junk({ actions: [{ assignToFolder: "Spam/all" }] }),
    "does what is not known": junk({ actions: { unknown: [] } }),
    "runs with the same priority": junk({ priority: 20 }),
    "runs in an order that is not known": junk({ priority: { unknown: [] } }),
  }))
    it(`is deleted, and the other rule ${what}`, () => {
      stops(reviewed(both(keep(), junked), [junked, workspace("junk"), alone[2]!]), "drains");
    });

  it("is an archive as well, and one of another stack may be the other rule", () => {
    const archive = keep({ actions: ["archive"] });
    stops(reviewed(both(archive), alone), "drains");
    const others = (...own: string[]) =>
      object("Workspace", "w", { name: "w", ruleIds: ["id-of-others", ...own.map(ref)] });
    stops(reviewed([keep(), others("keep"), bot()], [keep(), others(), bot()]), "drains");
  });

  it("holds for a list that loses items, or goes", () => {
    const with_ = (...items: string[]) => [friends(...items), ...both(keepFriends)];
    stops(reviewed(with_("a@x.example", "b@x.example"), with_("a@x.example")), "drains");
    stops(reviewed(with_("a@x.example"), both(keepFriends)), "drains");
    passes(reviewed(with_("a@x.example"), with_("a@x.example", "b@x.example")));
  });

  it("is not gated where nothing moves the mail to junk, or does so later anyway", () => {
    const kept = [keep(), workspace("keep"), bot()];
    passes(reviewed(kept, [workspace(), bot()]));
    passes(reviewed(kept, [keep({ enabled: false }), ...kept.slice(1)]));
    passes(reviewed(both(keep(), junk({ enabled: false })), alone.with(0, junk({ enabled: false }))));
    const later = junk({ priority: 30 });
    passes(reviewed(both(keep(), later), alone.with(0, later)));
    const blocks = junk({ actions: ["block"] });
    passes(reviewed(both(keep(), blocks), alone.with(0, blocks)));
  });

  it("is not gated where it takes out as much as before, or more", () => {
    passes(reviewed(both(), both(keep({ priority: 25 }))));
    passes(reviewed(both(), both(keep({ name: "keep more" }))));
    const any = (...conditions: object[]) => keep({ match: "any", conditions });
    const [one, two] = keepBoth() as [object, object];
    passes(reviewed(both(any(one)), both(any(one, two))));
    stops(reviewed(both(any(one, two)), both(any(one))), "drains");
    passes(reviewed(both(), [...both().slice(0, 3), bot({ folders: ["Keep"] })]));
  });

  it("reaches nobody where no account is in the workspace", () => {
    const empty = both().slice(0, 3);
    passes(reviewed(empty, alone.slice(0, 2)));
  });

  it("is for the workspaces of other stacks where none here names it", () => {
    stops(reviewed([keep(), bot()], [bot()], false), "drains");
    passes(reviewed([keep(), bot()], [bot()]));
    const other = keep({ actions: [{ assignToFolder: "Other" }] });
    passes(reviewed([keep(), bot()], [other, bot()], false));
  });
});

function keepBoth(): object[] {
  return ["boss", "aide"].map((name) => ({ field: "from.address", is: `${name}@partner.example` }));
}
