import { nameOf, type Run } from "./measure";

/** First ups as bars, a group for each size of fleet: an SVG that needs nothing else. */
export function chart(runs: Run[]): string {
  const bars = runs.flatMap((run) => {
    const taken = run.operations["first up"];
    if (!taken || run.unpaced) return [];
    return [{ name: nameOf(run), accounts: run.accounts, seconds: taken.seconds }];
  });
  const sizes = [...new Set(bars.map(({ accounts }) => accounts))];
  const names = [...new Set(bars.map(({ name }) => name))];
  const lines: string[] = [];
  let y = 56;
  for (const accounts of sizes) {
    const group = bars.filter((bar) => bar.accounts === accounts);
    const most = Math.max(...group.map(({ seconds }) => seconds));
    lines.push(text(20, y + 12, `${accounts} accounts`, 'font-weight="bold"'));
    y += 22;
    for (const { name, seconds } of group) {
      const width = Math.max(2, (seconds / most) * 380);
      const colour = COLOURS[names.indexOf(name) % COLOURS.length]!;
      lines.push(text(370, y + 13, name, 'text-anchor="end"'));
      lines.push(`<rect x="380" y="${y}" width="${width.toFixed(1)}" height="18" fill="${colour}"/>`);
      lines.push(text(386 + width, y + 13, `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`));
      y += 24;
    }
    y += 16;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 ${y}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="840" height="${y}" fill="#fff"/>`,
    text(20, 30, "Seconds until a fleet stands, from nothing", 'font-size="16" font-weight="bold"'),
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

const COLOURS = ["#9aa5b1", "#2563eb", "#d97706", "#6b7280", "#a8a29e", "#60a5fa"];

function text(x: number, y: number, content: string, attributes = ""): string {
  const escaped = content.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="#111827" ${attributes}>${escaped}</text>`;
}
