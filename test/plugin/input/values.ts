import { unknown } from "../harness";

/** A seeded source of choices: the same seed makes the same case, on every machine. */
export class Dice {
  #state: number;

  constructor(seed: number, step = 0) {
    this.#state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(step + 1, 0xc2b2ae35)) >>> 0;
    this.next();
  }

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  one<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }

  some<T>(list: readonly T[], atLeast = 0): T[] {
    const left = [...list];
    const count = this.whole(Math.min(atLeast, left.length), left.length);
    return Array.from({ length: count }, () => left.splice(this.whole(0, left.length - 1), 1)[0]!);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  text(alphabet: string, from: number, to = from): string {
    const characters = charactersOf(alphabet);
    let made = "";
    for (let left = this.whole(from, to); left > 0; left--) made += this.one(characters);
    return made;
  }

  /** One that is too long: mostly by little, and sometimes by far. */
  tooLong(alphabet: string, most: number): string {
    return this.chance(0.95) ? this.text(alphabet, most + 1, most + 9) : this.text(alphabet, most + 3_000);
  }
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const alphabets = new Map<string, string[]>();

function charactersOf(alphabet: string): string[] {
  let characters = alphabets.get(alphabet);
  if (!characters) alphabets.set(alphabet, (characters = [...alphabet]));
  return characters;
}

export const WORD = `${LOWER}0123456789`;

/** The canary of a secret: part of every password that is tried, and never of anything that is said. */
export const CANARY = "cAnArY7";
export const LOW_CANARY = "canaryinacoalmine";

type Form = "text" | "number" | "boolean" | "list" | "group";

/** What a property takes, and what it does not: written from the API's contract, not from the provider's schemas. */
export interface Sort {
  /** The forms of JSON that may be right. */
  forms: readonly Form[];
  /** Right ones, at the limits and odd ones among them. */
  good?: (dice: Dice) => unknown;
  /** Of a right form, and wrong all the same. */
  bad?: (dice: Dice) => unknown;
  secret?: boolean;
}

/** Values of every form of JSON, in shapes that code stumbles over. */
export const STRANGE: readonly (readonly [Form | "nothing", unknown])[] = [
  ["text", "x"],
  ["text", ""],
  ["text", "true"],
  ["text", "5"],
  ["text", "[object Object]"],
  ["text", "__proto__"],
  ["text", "null"],
  ["number", 0],
  ["number", -1],
  ["number", 1],
  ["number", 0.5],
  ["number", 1e21],
  ["number", 2 ** 53],
  ["boolean", true],
  ["boolean", false],
  ["list", []],
  ["list", [[]]],
  ["list", [null]],
  ["list", ["from.domain"]],
  ["list", [{ length: 1 }]],
  ["list", Array.from({ length: 200 }, (_, i) => i)],
  ["group", {}],
  ["group", { length: 1, 0: "a" }],
  ["group", { toString: "x", valueOf: 5 }],
  ["group", { constructor: { prototype: {} } }],
  ["group", { then: "x" }],
  ["group", { toJSON: "x" }],
  ["group", deep(24)],
  ["list", deepList(24)],
  ["nothing", null],
];

/** What moves a cursor, hides or turns text around. */
export const CONTROLS = [
  "\u0000",
  "\u0007",
  "\b",
  "\t",
  "\n",
  "\r\n",
  "\u001b[2J",
  "\u007f",
  "\u0085",
  "\u009b1A",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u2066",
] as const;

const ALIKE: Readonly<Record<string, string>> = {
  a: "а",
  e: "е",
  o: "о",
  p: "р",
  c: "с",
  x: "х",
  i: "і",
  s: "ѕ",
  n: "ո",
  g: "ɡ",
};

/** A text that looks the same and is not: one letter of another alphabet in it. */
export function alike(dice: Dice, text: string): string {
  const at = [...text].map((character, i) => (character in ALIKE ? i : -1)).filter((i) => i >= 0);
  if (at.length === 0) return `${text}а`;
  const i = dice.one(at);
  return `${text.slice(0, i)}${ALIKE[text[i]!]!}${text.slice(i + 1)}`;
}

/** Puts something somewhere into a text, also at its ends. */
export function within(dice: Dice, text: string, piece: string): string {
  const at = dice.whole(0, text.length);
  return text.slice(0, at) + piece + text.slice(at);
}

const INTO_PATHS = [
  "../x",
  "..",
  ".",
  "a/b",
  "a?x=1",
  "a#b",
  "%2e%2e",
  "a%2fb",
  "a%00",
  "a\\b",
  "a b",
  "a;b=c",
  "a&b",
  "*",
  "",
  " ",
  "@me",
  "~",
  "$(id)",
  "`id`",
  "{{a}}",
];

const asciiOnly = (dice: Dice, good: string): string =>
  dice.one([
    () => within(dice, good, dice.one(CONTROLS)),
    () => alike(dice, good),
    () =>
      within(
        dice,
        good,
        dice.one(["é", "ß", "\u200b", "\u00ad", "\ufeff", "\u00a0", "\u3002", "😀", "\u0301"]),
      ),
    () => `${good} `,
    () => ` ${good}`,
  ])();

export const id: Sort = {
  forms: ["text"],
  good: (dice) => dice.text(WORD, 1) + dice.text(`${WORD}-_.ABC`, dice.one([0, 9, 127])),
  bad: (dice) =>
    dice.one([
      () => dice.one(INTO_PATHS),
      () =>
        within(
          dice,
          "abc-123",
          dice.one(["/", "?", "#", "%", "\\", " ", ":", "@", "&", "=", "+", "'", '"', "<", "|"]),
        ),
      () => asciiOnly(dice, "abc-123"),
      () => dice.tooLong(WORD, 128),
    ])(),
};

/** Nobody has to type an id: where one is adopted it may be that of a key, `principal/key`. */
export const adopt: Sort = {
  forms: ["text", "boolean"],
  good: (dice) => dice.chance(0.5),
  bad: (dice) =>
    dice.one([
      () => dice.one(INTO_PATHS.filter((text) => text !== "a/b")),
      () => dice.one(["a/b/c", "/a", "a/", "a//b", "../a", "a/..", "a/../b"]),
      () => asciiOnly(dice, "abc-123"),
      () => dice.tooLong(WORD, 259),
    ])(),
};

export const connection: Sort = {
  forms: ["text"],
  bad: (dice) =>
    dice.one([
      () => dice.one(["E U", "EU", "", "1a", "-a", "a_b", "a.b", "a:b", "nylas:apiKey", "__proto__", "../x"]),
      () => asciiOnly(dice, "eu"),
      () => dice.tooLong(LOWER, 63),
    ])(),
};

export const flag: Sort = { forms: ["boolean"], good: (dice) => dice.chance(0.5) };

/** A name for people: any alphabet, but nothing that breaks a line or turns it around. Counted in characters, as people do. */
export function name(longest: number): Sort {
  return {
    forms: ["text"],
    good: (dice) =>
      dice.one([
        () => dice.text(WORD, 1, 40),
        () => dice.text(WORD, longest),
        () => dice.text(`${WORD}|\`<>"'\\;$(){}[]*_#&%/?.,:!~^=+-@`, 1, Math.min(60, longest)),
        () => dice.text("aäßøñ中文字あ한ж", dice.chance(0.2) ? longest : 20),
        () => dice.text("😀🇩🇪𝒜a", dice.chance(0.2) ? longest : 5),
        () =>
          dice.one([
            "Жизнь",
            "مرحبا",
            "👩‍👩‍👧",
            "e\u0301",
            "null",
            "undefined",
            "__proto__",
            "constructor",
            "toString",
            "0",
            "-0",
            "{{name}}",
            "${name}",
            "%s%n",
            "' OR 1=1 --",
            "<script>alert(1)</script>",
            "| a | b |",
            "$ORIGIN .",
          ]),
      ])(),
    bad: (dice) =>
      dice.one([
        () =>
          within(
            dice,
            dice.text(WORD, 3, 20),
            dice.one(CONTROLS.filter((control) => control !== "\t" || longest > 0)),
          ),
        () => dice.one(["", " ", "   ", "\u00a0", "\u3000"]),
        () => dice.tooLong(WORD, longest),
        () => dice.text("😀", longest + 1),
      ])(),
  };
}

/** As the IAM routes have it: they trim. */
export const shortName: Sort = {
  ...name(128),
  good: (dice) => (name(128).good!(dice) as string).trim() || "a",
  bad: (dice) => (dice.chance(0.2) ? dice.one([" a", "a ", "\u00a0a"]) : name(128).bad!(dice)),
};

export const description: Sort = {
  forms: ["text"],
  good: (dice) =>
    dice.one([
      () => "",
      () => dice.text(`${WORD} \n|<>\``, 1, 60),
      () => dice.text(WORD, 1024),
      () => "first line\nsecond line",
      () => dice.text("😀中", dice.chance(0.1) ? 1024 : 20),
    ])(),
  bad: (dice) =>
    dice.one([
      () => dice.tooLong(WORD, 1024),
      () => within(dice, "a text", dice.one(["\u0000", "\u001b[2J", "\u007f", "\u009b1A", "\u202e", "\b"])),
    ])(),
};

export const domainName: Sort = {
  forms: ["text"],
  good: (dice) => {
    const label = () => dice.text(WORD, 1, 12);
    const made = dice.one([
      () => `${label()}.example.com`,
      () => `xn--mller-kva.${label()}.example.com`,
      () => `${dice.text(WORD, 63)}.example.com`,
      () => `${label()}.${label()}.${label()}.example.org`,
      () =>
        [...Array.from({ length: 3 }, () => dice.text(WORD, 60)), dice.text(WORD, 57), "example.com"]
          .join(".")
          .slice(-253),
    ])();
    return dice.one([made, made.toUpperCase(), `${made}.`]);
  },
  bad: (dice) =>
    dice.one([
      () =>
        dice.one([
          "",
          "com",
          ".",
          "..",
          "a..example.com",
          ".example.com",
          "example.com..",
          "-a.example.com",
          "a-.example.com",
          "a_b.example.com",
          "*.example.com",
          "a b.example.com",
          "a.example.com/x",
          "https://a.example.com",
          "a.example.com:80",
          "a@example.com",
          "a.example.com\n$INCLUDE /etc/passwd",
          'a.example.com" TXT',
          "a.example.com;x",
          "(a.example.com)",
          "a\\.example.com",
          "$ORIGIN.example.com",
          "../example.com",
          "a%2eexample.com",
          "127.0.0.1",
          "10.0.0.256",
          "[::1]",
          "a.b.123",
        ]),
      () => asciiOnly(dice, "agents.example.com"),
      () => `${dice.tooLong(WORD, 63)}.example.com`,
      () => `${Array.from({ length: 80 }, () => "abc").join(".")}.example.com`,
    ])(),
};

export function email(domains: readonly string[]): Sort {
  return {
    forms: ["text"],
    good: (dice) => {
      const local = dice.one([
        () => dice.text(WORD, 1, 20),
        () => dice.text(WORD, 64),
        () => `${dice.text(WORD, 1, 8)}.${dice.text(WORD, 1, 8)}+${dice.text(WORD, 1, 8)}`,
        () => `${dice.text(WORD, 2)}${dice.text("!#$%&'*+/=?^_`{|}~-", 1, 8)}`,
      ])();
      const made = `${local}@${dice.one(domains)}`;
      return dice.chance(0.2) ? made.toUpperCase() : made;
    },
    bad: (dice) =>
      dice.one([
        () =>
          dice.one([
            "",
            "@",
            "a",
            "a@",
            "@agents.example.com",
            "a@@agents.example.com",
            "a@b@agents.example.com",
            ".a@agents.example.com",
            "a.@agents.example.com",
            "a..b@agents.example.com",
            "a@com",
            "a b@agents.example.com",
            '"a b"@agents.example.com',
            "a@agents..example.com",
            "a@agents.example.com.",
            "A <a@agents.example.com>",
            "mailto:a@agents.example.com",
            "a@[127.0.0.1]",
            "a@agents.example.com,b@agents.example.com",
            "a@agents.example.com?x=1",
            "a@../x",
            "a(b)@agents.example.com",
            "undefined@",
            "a@undefined",
          ]),
        () => asciiOnly(dice, "a.b@agents.example.com"),
        () => `${dice.tooLong(WORD, 64)}@agents.example.com`,
        () => `a@${Array.from({ length: 64 }, () => "abc").join(".")}.example.com`,
      ])(),
  };
}

export const password: Sort = {
  forms: ["text"],
  secret: true,
  good: (dice) => `${CANARY}Xy9${dice.text(`${WORD}!"#$%&'()*+,-./:;<=>?@[]^_\`{|}~\\`, 8, 30)}`,
  bad: (dice) =>
    dice.one([
      () => CANARY,
      () => `${CANARY}${dice.text(WORD, 40, 300)}`,
      () => `${LOW_CANARY}${dice.text(LOWER, 5, 20)}`,
      () => `${CANARY}Xy9 ${dice.text(WORD, 12)}`,
      () => asciiOnly(dice, `${CANARY}Xy9${dice.text(WORD, 12)}`),
    ])(),
};

export const folder: Sort = {
  forms: ["text"],
  good: (dice) =>
    dice.one([
      () => dice.text(WORD, dice.one([1, 9, 255])),
      () => `${dice.text(WORD, 1, 9)}/${dice.text(WORD, 1, 9)}`,
      () => `Kunden/${dice.text("äöü中", 1, 9)}`,
      () => `a|b\`<i>${dice.text(WORD, 1, 9)}`,
      () => `inbox/${dice.text(WORD, 1, 9)}`,
    ])(),
  bad: (dice) =>
    dice.one([
      () =>
        dice.one([
          "",
          " ",
          "/",
          "/a",
          "a/",
          "a//b",
          " a",
          "a ",
          "inbox",
          "Inbox",
          "SENT",
          "drafts",
          "trash",
          "junk",
          "Archive",
        ]),
      () => within(dice, "Clients", dice.one(CONTROLS)),
      () => dice.tooLong(WORD, 255),
    ])(),
};

export const mime: Sort = {
  forms: ["text"],
  good: (dice) =>
    dice.one([
      "image/*",
      "application/pdf",
      "TEXT/plain",
      "application/vnd.oasis.opendocument.text",
      "image/svg+xml",
    ]),
  bad: (dice) =>
    dice.one([
      () =>
        dice.one([
          "",
          "*/*",
          "*",
          "image",
          "image/",
          "/png",
          "image/png; q=1",
          "image/png\n",
          "a/b/c",
          "image/*x",
          ".pdf",
          "image /png",
        ]),
      () => asciiOnly(dice, "image/png"),
      () => `image/${dice.tooLong(WORD, 299)}`,
    ])(),
};

export const permission: Sort = {
  forms: ["text"],
  good: (dice) => dice.one(["messages.read", "iam.credentials.create", "calendars.update"]),
  bad: (dice) =>
    dice.one([
      () => dice.one(["", "messages", "messages read", "*", "messages.read\n"]),
      () => asciiOnly(dice, "messages.read"),
      () => `messages.${dice.tooLong(LOWER, 299)}`,
    ])(),
};

export const role: Sort = {
  forms: ["text"],
  good: (dice) => dice.one(["role_system_messages_reader", "role_system_iam_admin"]),
  bad: (dice) =>
    dice.one([
      () => dice.one(["", " ", "a b", "a\tb"]),
      () => asciiOnly(dice, "role_a"),
      () => dice.tooLong(WORD, 299),
    ])(),
};

export const url: Sort = {
  forms: ["text"],
  good: (dice) =>
    `https://${dice.text(WORD, 1, 12)}.example.com/${dice.one(["", "nylas", "a/b?x=1", "%2e%2e/x", "a%20b", "x#y".replace("#y", "")])}`,
  bad: (dice) =>
    dice.one([
      () =>
        dice.one([
          "",
          "x",
          "https://",
          "http://agents.example.com/",
          "ftp://agents.example.com",
          "javascript:alert(1)",
          "file:///etc/passwd",
          "data:text/html,x",
          "//agents.example.com",
          "https:agents.example.com",
          "https:/agents.example.com",
          "https:\\\\agents.example.com",
          "https://user:pw@agents.example.com/",
          "https://agents.example.com@127.0.0.1/",
          "https://abc.ngrok.io/x",
          "https://abc.ngrok-free.app",
          "https://agents.example.com:99999/",
          "https://agents.example.com/a b",
          "https://ag\nents.example.com/",
          "https://agents.example.com/\t",
          " https://agents.example.com/",
          "https://[::g]/",
          "https://agents .example.com",
        ]),
      () => asciiOnly(dice, "https://agents.example.com/nylas"),
      () => `https://agents.example.com/${dice.text(WORD, 2_100)}`,
    ])(),
};

export const trigger: Sort = {
  forms: ["text"],
  good: (dice) =>
    dice.one([
      "message.created",
      "message.bounced",
      "grant.expired",
      "thread.replied",
      "booking.created",
      "notetaker.media",
      "event.deleted",
    ]),
  bad: (dice) =>
    dice.one([
      () =>
        dice.one([
          "",
          "message",
          "message.",
          "message.made",
          "Message.Created",
          "message.created.truncated",
          "booking",
          "booking.",
          "booking..x",
          "notetaker...",
          "booking._.",
          "booking.x.",
          "toString",
          "constructor",
        ]),
      () => asciiOnly(dice, "message.created"),
      () => `booking.${dice.tooLong(LOWER, 299)}`,
    ])(),
};

export const moment: Sort = {
  forms: ["text"],
  good: (dice) =>
    dice.one([
      "2027-06-30T00:00:00Z",
      "2028-02-29T23:59:59Z",
      "2027-06-30T00:00:00.250Z",
      "2029-06-30T12:00:00+05:30",
      "2030-01-01T00:00:00-11:00",
    ]),
  bad: (dice) =>
    dice.one([
      () =>
        dice.one([
          "",
          "tomorrow",
          "2027",
          "2027-06-30",
          "2027-06-30T00:00:00",
          "2027-06-30 00:00:00Z",
          "2027-02-30T00:00:00Z",
          "2027-02-29T00:00:00Z",
          "2027-06-31T00:00:00Z",
          "2027-13-01T00:00:00Z",
          "2027-00-10T00:00:00Z",
          "2027-06-30T24:00:00Z",
          "2027-06-30T00:60:00Z",
          "2027-06-30T00:00:61Z",
          "2027-06-30T00:00:00+99:99",
          "2027-06-30T00:00:00+25:00",
          "1999-01-01T00:00:00Z",
          "9999-12-31T23:59:59Z",
          "2099-01-01T00:00:00Z",
          "1790000000",
          "+012027-06-30T00:00:00Z",
          "0000-01-01T00:00:00Z",
        ]),
      () => asciiOnly(dice, "2027-06-30T00:00:00Z"),
    ])(),
};

/** A whole number from 0, or "unlimited" where the API has a sign for it. */
export function count(most: number, unlimited = false): Sort {
  return {
    forms: unlimited ? ["number", "text"] : ["number"],
    good: (dice) => dice.one([0, 1, most, dice.whole(0, most)]),
    bad: (dice) =>
      dice.one<unknown>([
        -1,
        -0.5,
        0.5,
        1.0000001,
        2 ** 53,
        2 ** 53 + 2,
        -(2 ** 53),
        1e21,
        1e308,
        5e-324,
        ...(unlimited
          ? ["", "Unlimited", "unlimited ", "-1", "5", "NaN", "Infinity", "none", "unlimіted"]
          : []),
      ]),
  };
}

export function between(least: number, most: number, whole: boolean, bad: readonly number[]): Sort {
  return {
    forms: ["number"],
    good: (dice) =>
      dice.one([least, most, whole ? dice.whole(least, most) : least + dice.next() * (most - least)]),
    bad: (dice) =>
      dice.one([...bad, -1, 1e21, 2 ** 53, -(2 ** 53), ...(whole ? [0.5, 1e-300] : [0, 5e-324])]),
  };
}

export function oneOf(...allowed: readonly unknown[]): Sort {
  const form = typeof allowed[0] === "number" ? "number" : "text";
  return {
    forms: [form],
    good: (dice) => dice.one(allowed),
    bad: (dice) =>
      form === "number"
        ? dice.one([0, -1, 512, 1024.5, 2049, 4096, 1e21])
        : dice.one([
            "",
            " ",
            `${String(allowed[0])} `,
            `${String(allowed[0])}\n`,
            `${String(allowed[0]).toLowerCase()}x`,
            "toString",
            "__proto__",
            alike(dice, String(allowed[0])),
          ]),
  };
}

export const list = (bad: (dice: Dice) => unknown = () => undefined): Sort => ({ forms: ["list"], bad });
export const group: Sort = { forms: ["group"] };
/** A text of the program's own, for itself alone. */
export const anyText: Sort = { forms: ["text"], good: (dice) => dice.text(`${WORD}äß中😀 \n`, 0, 40) };

/** Names of properties that nobody has: mistyped ones, the API's own, and those that every object has. */
export function strangeKey(dice: Dice, known: readonly string[]): string {
  const made = dice.one([
    () => mistyped(dice, dice.one(known)),
    () => mistyped(dice, dice.one(known)),
    () =>
      dice.one([
        "toString",
        "constructor",
        "hasOwnProperty",
        "valueOf",
        "isPrototypeOf",
        "toLocaleString",
        "__defineGetter__",
        "__lookupSetter__",
        "propertyIsEnumerable",
        "prototype",
        "length",
        "then",
        "toJSON",
      ]),
    () =>
      dice.one([
        "policy_id",
        "app_password",
        "workspace_id",
        "rule_ids",
        "webhook_url",
        "expires_at",
        "limit_storage_total",
        "id",
        "urn",
        "__provider2",
        "provider",
        "parent",
      ]),
    () =>
      dice.one([
        "",
        " ",
        "0",
        "-1",
        "a.b",
        "a[0]",
        "name\n",
        "na\u202eme",
        "\u001b[31mred",
        "na\u0000me",
        "nаme",
        "<b>",
        "|",
        "`",
        "😀",
      ]),
    () => dice.tooLong(WORD, 199),
  ])();
  return known.includes(made) || ["label", "__provider", "__defaults"].includes(made) ? `${made}2` : made;
}

function mistyped(dice: Dice, word: string): string {
  const at = dice.whole(0, word.length - 1);
  return dice.one([
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + word[at]! + word.slice(at),
    `${word}s`,
    word.toUpperCase(),
    word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) + (/[A-Z]/.test(word) ? "" : "_"),
    `${word} `,
    within(dice, word, dice.one([..."xyz"])),
  ]);
}

export { unknown };

function deep(levels: number): unknown {
  let made: unknown = "x";
  for (let i = 0; i < levels; i++) made = { a: made };
  return made;
}

function deepList(levels: number): unknown {
  let made: unknown = "x";
  for (let i = 0; i < levels; i++) made = [made];
  return made;
}
