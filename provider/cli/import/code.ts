/** Values as the text of a program. What comes from elsewhere becomes code through `literal` and `comment` alone. */
import { visiblyEscaped } from "../../shown";

/** An expression of the program, in place of the value that it has. */
export class Expression {
  constructor(readonly text: string) {}
}

/** A value as TypeScript, laid out as prettier does it at 110 columns. */
export function literal(value: unknown, indent = 0): string {
  if (value instanceof Expression) return value.text;
  if (Array.isArray(value)) {
    const items = value.map((item) => literal(item, indent + 2));
    return bracketed("[", items, "]", indent);
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${property(key)}: ${literal(member, indent + 2)}`);
    return bracketed("{ ", members, " }", indent);
  }
  return typeof value === "string" ? text(value) : JSON.stringify(value);
}

/** Lines of comment before a statement. Nothing in them can end the comment or turn the reading order around. */
export function comment(line: string): string {
  return `// ${plain(line)}`;
}

/** One line without anything that breaks it, steers a terminal or turns text around. */
export function plain(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, "·");
}

function text(value: string): string {
  // Also what JSON leaves as it is, and an editor would not show.
  return visiblyEscaped(JSON.stringify(value));
}

function property(key: string): string {
  // `__proto__: x` would set the prototype; in brackets it is a name like any other.
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : text(key);
}

function bracketed(open: string, parts: string[], close: string, indent: number): string {
  if (parts.length === 0) return open.trim() + close.trim();
  const line = `${open}${parts.join(", ")}${close}`;
  // At the left edge the words that make a resource of it stand before it.
  if (!line.includes("\n") && line.length + indent <= (indent === 0 ? 50 : 96)) return line;
  const pad = " ".repeat(indent + 2);
  return `${open.trim()}\n${parts.map((part) => `${pad}${part},\n`).join("")}${" ".repeat(indent)}${close.trim()}`;
}
