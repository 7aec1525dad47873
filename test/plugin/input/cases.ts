import { type Properties } from "../harness";
import { type Kind, KINDS, type Surroundings } from "./kinds";
import { CANARY, Dice, type Sort, STRANGE, strangeKey, unknown } from "./values";

/** One set of inputs, and what has to become of it. */
export interface Case {
  seed: number;
  number: number;
  kind: Kind;
  /** What was done to right inputs, in words. */
  what: string;
  inputs: Properties;
  /** The right inputs that it was made from. */
  from: Properties;
  expected: "accepted" | "refused";
  /** Where it is wrong: the property, or the group with a strange member. */
  at: string;
  /** The name of a member that nobody has. */
  strange?: string;
}

/** The same for the same seed and number, whatever came before. */
export function makeCase(seed: number, number: number, there: Surroundings): Case {
  const dice = new Dice(seed, number);
  const kind = dice.one(KINDS.flatMap((each) => Array.from({ length: each.weight }, () => each)));
  const from = copy(kind.good(dice, there));
  const made = { seed, number, kind, from, inputs: copy(from), at: "", expected: "refused" as const };
  const roll = dice.next();
  if (roll < 0.2) return { ...made, what: "right", expected: "accepted" };
  if (roll < 0.4) return wrongForm(made, dice);
  if (roll < 0.64) return wrongValue(made, dice);
  if (roll < 0.76) return strangeMember(made, dice);
  if (roll < 0.95 || kind.required.length === 0) return notKnownYet(made, dice);
  const at = dice.one(kind.required);
  if (dice.chance(0.5)) delete made.inputs[at];
  else made.inputs[at] = null;
  return { ...made, what: `without ${at}`, at };
}

/** All the cases that have one single value of a resource not known yet: every place in it. */
export function everyPlaceUnknown(kind: Kind, whole: Properties): Case[] {
  return places(whole).map((place, number) => {
    const inputs = copy(whole);
    put(inputs, place, unknown);
    return {
      seed: 0,
      number,
      kind,
      from: whole,
      inputs,
      what: `${text(place)} not known yet`,
      at: text(place),
      expected: "accepted",
    };
  });
}

/** A case as a person can read and repeat it; what has no look of its own is escaped. */
export function told({ seed, number, kind, what, inputs, expected }: Case): string {
  const shown = JSON.stringify(inputs).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return (
    `BAD_INPUT_SEED=${seed} BAD_INPUT_CASE=${number} (${kind.type}, ${what}, to be ${expected}):\n  ` +
    (process.env.BAD_INPUT_CASE === undefined && shown.length > 3_000
      ? `${shown.slice(0, 3_000)}… (whole with BAD_INPUT_CASE)`
      : shown)
  );
}

type Made = Omit<Case, "what">;
type Place = readonly (string | number)[];

function wrongForm(made: Made, dice: Dice): Case {
  const [path, sort] = dice.one(Object.entries(made.kind.sorts));
  const top = !/[.[]/.test(path);
  const wrong = STRANGE.filter(([form]) => (form === "nothing" ? !top : !sort.forms.includes(form)));
  const [form, value] = dice.one(wrong);
  insert(made, path, value, dice);
  return { ...made, at: path, what: `${path} as ${form}` };
}

function wrongValue(made: Made, dice: Dice): Case {
  const wrong = Object.entries(made.kind.sorts).filter(
    (entry): entry is [string, Sort & { bad: NonNullable<Sort["bad"]> }] =>
      entry[1].bad !== undefined && entry[1].bad(dice) !== undefined,
  );
  const [path, sort] = dice.one(wrong);
  insert(made, path, sort.bad(dice), dice);
  return { ...made, at: path, what: `${path} wrong` };
}

function strangeMember(made: Made, dice: Dice): Case {
  const { kind, inputs } = made;
  const groups = Object.entries(kind.sorts).filter(
    ([path, { forms }]) => forms.length === 1 && forms[0] === "group" && !kind.free?.includes(path),
  );
  const path = dice.chance(0.6) || groups.length === 0 ? "" : dice.one(groups)[0];
  const known = Object.keys(kind.sorts)
    .filter((each) =>
      path === ""
        ? !/[.[]/.test(each)
        : each.startsWith(`${path}.`) && !/[.[]/.test(each.slice(path.length + 1)),
    )
    .map((each) => each.slice(path === "" ? 0 : path.length + 1));
  const strange = strangeKey(dice, known.length > 0 ? known : ["x"]);
  const value = dice.one<unknown>([true, 5, "x", passwordElsewhere(dice), [], {}]);
  const group = path === "" ? inputs : groupAt(inputs, path);
  group[strange] = value;
  return { ...made, at: path, strange, what: `${path || "it"} with a member that there is not` };
}

/** A password under a mistyped name is one all the same. */
function passwordElsewhere(dice: Dice): string {
  return `${CANARY}${dice.text("abc", 15)}`;
}

function notKnownYet(made: Made, dice: Dice): Case {
  const all = places(made.inputs);
  if (all.length === 0) return { ...made, what: "right", expected: "accepted" };
  const chosen = dice.some(all, 1).slice(0, dice.one([1, 1, 2, 5]));
  for (const place of chosen) put(made.inputs, place, unknown);
  return {
    ...made,
    expected: "accepted",
    at: text(chosen[0]!),
    what: `${chosen.map(text).join(", ")} not known yet`,
  };
}

/** Every place of a value in the inputs: whole properties, their members, the items of lists. */
function places(value: unknown, at: Place = []): Place[] {
  if (value === null || typeof value !== "object") return at.length > 0 ? [at] : [];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    places(each, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return at.length > 0 ? [at, ...inner] : inner;
}

/** Puts a value somewhere, unless something above it was replaced before. */
function put(inputs: Properties, place: Place, value: unknown): void {
  let holder: unknown = inputs;
  for (const step of place.slice(0, -1)) {
    if (typeof holder !== "object" || holder === null) return;
    holder = (holder as Properties)[step];
  }
  if (typeof holder === "object" && holder !== null) (holder as Properties)[place.at(-1)!] = value;
}

/** Puts a value where a path such as `conditions[].is` leads, into what is there or into what is made for it. */
function insert({ kind, inputs }: Made, path: string, value: unknown, dice: Dice): void {
  for (const excluded of kind.excludes?.[path.split(/[.[]/)[0]!] ?? []) delete inputs[excluded];
  const steps = path.replaceAll("[]", ".[]").split(".");
  const last = steps.pop()!;
  const holder = holderOf(inputs, steps, last === "[]");
  if (last !== "[]") (holder as Properties)[last] = value;
  else {
    const items = holder as unknown[];
    if (items.length > 0 && dice.chance(0.5)) items[dice.whole(0, items.length - 1)] = value;
    else items.splice(dice.whole(0, items.length), 0, value);
  }
}

function groupAt(inputs: Properties, path: string): Properties {
  return holderOf(inputs, path.replaceAll("[]", ".[]").split("."), false) as Properties;
}

function holderOf(inputs: Properties, steps: string[], ofItems: boolean): unknown {
  let holder: unknown = inputs;
  steps.forEach((step, i) => {
    const next = steps[i + 1] ?? (ofItems ? "[]" : "");
    const empty = next === "[]" ? [] : {};
    const fits = (value: unknown) =>
      typeof value === "object" && value !== null && Array.isArray(value) === (next === "[]");
    if (step === "[]") {
      const items = holder as unknown[];
      const there = items.findIndex(fits);
      const at = there >= 0 ? there : items.length;
      if (there < 0) items[at] = empty;
      holder = items[at];
    } else {
      const group = holder as Properties;
      if (!fits(group[step])) group[step] = empty;
      holder = group[step];
    }
  });
  return holder;
}

function text(place: Place): string {
  return place
    .map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join("");
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
