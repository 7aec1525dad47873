/** How wide each column of a table for a terminal is: as wide as its widest cell. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
}

/** The rows as lines with their cells below each other; columns are aligned to the left unless `right` says otherwise. */
export function inColumns(
  rows: readonly (readonly string[])[],
  { gap = "  ", right = () => false }: { gap?: string; right?: (column: number) => boolean } = {},
): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) =>
    row
      .map((cell, column) => (right(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join(gap)
      .trimEnd(),
  );
}
