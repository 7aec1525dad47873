import assert from "node:assert/strict";
import { columnWidths, inColumns } from "../../provider/columns";

describe("columns of a table for a terminal", () => {
  const rows = [
    ["", "one", "two"],
    ["longer", "1", ""],
  ];

  it("are as wide as their widest cell, and a line has no blanks at its end", () => {
    assert.deepEqual(columnWidths(rows), [6, 3, 3]);
    assert.deepEqual(inColumns(rows), ["        one  two", "longer  1"]);
  });

  it("are aligned to the right where that is asked for", () => {
    assert.deepEqual(inColumns(rows, { gap: " ", right: (column) => column === 1 }), [
      "       one two",
      "longer   1",
    ]);
  });

  it("of no rows are none", () => {
    assert.deepEqual(columnWidths([]), []);
    assert.deepEqual(inColumns([]), []);
  });
});
