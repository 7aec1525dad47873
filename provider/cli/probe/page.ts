/** The points on one screen. */
import { printable } from "../../nylas/errors";
import { inColumns } from "../../columns";
import { counted } from "../doctor/findings";
import { differs, type Result } from "./points";

const MARKS = { known: "✓", harmless: "·", affected: "✗", untried: "?" } as const;
const VERDICTS = {
  known: "as known",
  harmless: "differs, harmless",
  affected: "differs",
  untried: "not tried",
} as const;

/** R1 to R15, and of the smaller points those that differ. */
export function page(results: readonly Result[], head: string, left: readonly string[]): string {
  const shown = results.filter((result) => /^R\d/.test(result.id) || differs(result));
  const rest = results.filter((result) => !shown.includes(result));
  const rows = [
    ["", "point", "", "taken for granted", "seen", "verdict"],
    ...shown.flatMap((result) => {
      const [first, ...more] = wrapped(
        result.verdict === "known" ? "the same" : printable(result.seen.join("; ")),
      );
      const id = /^R\d/.test(result.id) ? result.id : "";
      return [
        [MARKS[result.verdict], id, result.title, result.assumed, first!, verdictOf(result)],
        ...more.map((line) => ["", "", "", "", line, ""]),
      ];
    }),
  ];
  const lines = inColumns(rows);
  const known = rest.filter(({ verdict }) => verdict === "known").length;
  const open = rest.length - known;
  lines.push(`   ${counted(known, "smaller point")} as known, ${open} not tried (--json has each)`);
  return `${[head, ...lines, "", ...summary(results), ...left].join("\n")}\n`;
}

/** In lines that leave room for the other columns. */
function wrapped(text: string): string[] {
  return text.match(/.{1,44}(?:\s|$)|\S{44}/g)?.map((line) => line.trimEnd()) ?? [""];
}

function verdictOf({ verdict, kinds }: Result): string {
  return verdict === "affected" ? `differs: ${kinds.join(", ")}` : VERDICTS[verdict];
}

function summary(results: readonly Result[]): string[] {
  const affected = results.filter(({ verdict }) => verdict === "affected");
  const harmless = results.filter(({ verdict }) => verdict === "harmless");
  const kinds = [...new Set(affected.flatMap((result) => result.kinds))].sort();
  const open = results.filter(({ verdict }) => verdict === "untried").length;
  const untried = open === 0 ? "" : ` ${counted(open, "point was", "points were")} not tried.`;
  if (affected.length > 0)
    return [
      `${counted(affected.length, "point")} differ${affected.length === 1 ? "s" : ""} so that these do not work in full: ${kinds.join(", ")}.${untried}`,
      "Do not go on with them. Send the report (--json FILE): docs/first-contact.md says where.",
    ];
  if (harmless.length > 0)
    return [
      `${counted(harmless.length, "point")} differ${harmless.length === 1 ? "s" : ""}, and the provider ends well all the same.${untried}`,
    ];
  return [`As known.${untried}`];
}
