import assert from "node:assert/strict";
import { bringFolders, foldersThere } from "../../../provider/resources/folders";
import { type Folder } from "../../../provider/nylas/api";
import { SYSTEM_FOLDERS } from "../../../provider/nylas/systemFolders";

interface Shelf {
  id: string;
  name: string;
  parentId?: string;
  mail?: number;
}

/** A mailbox in which a folder goes with all that is in it and beneath it. */
function mailbox(...own: Shelf[]) {
  let folders: Shelf[] = [...SYSTEM_FOLDERS.map((name) => ({ id: name, name })), ...own];
  const lost: string[] = [];
  const end = (id: string): void => {
    const gone = folders.find((each) => each.id === id);
    if (!gone) return;
    folders = folders.filter((each) => each !== gone);
    if ((gone.mail ?? 0) > 0) lost.push(id);
    for (const inner of folders.filter(({ parentId }) => parentId === id)) end(inner.id);
  };
  const shown = ({ mail = 0, parentId, ...each }: Shelf): Folder => ({
    ...each,
    parentId,
    grantId: "g",
    totalCount: mail,
  });
  const said: string[] = [];
  const session = {
    api: {
      folders: {
        list: () => Promise.resolve(folders.map(shown)),
        holdsMail: (_: string, id: string) =>
          Promise.resolve((folders.find((each) => each.id === id)?.mail ?? 0) > 0),
        delete: (_: string, id: string) => Promise.resolve(end(id)).then(() => true),
      },
    },
  } as never;
  const log = (_: unknown, text: string) => Promise.resolve(void said.push(text));
  return {
    lost,
    said,
    session,
    drop: (...names: string[]) =>
      bringFolders({ session, log } as never, { id: "g", email: "x@acme.nylas.email" }, [], names),
    left: () => folders.map(({ id }) => id).filter((id) => !SYSTEM_FOLDERS.includes(id)),
  };
}

describe("folders that are taken out of the list", () => {
  describe("G9: two folders with one path", () => {
    const nested = { id: "nested", name: "B", parentId: "a", mail: 3 };
    const flat = { id: "flat", name: "A/B" };
    for (const [order, inside] of Object.entries({
      "the nested one first": [nested, flat],
      "the nested one last": [flat, nested],
    }))
      it(`the mail of the nested one stays: ${order}`, async () => {
        const { drop, lost, said, left } = mailbox({ id: "a", name: "A" }, ...inside);
        const there = await drop("A", "A/B");
        assert.deepEqual(lost, []);
        assert.deepEqual(left().sort(), ["a", "nested"]);
        assert.ok(there.includes("A") && there.includes("A/B"));
        assert.equal(said.length, 2, said.join("\n"));
      });

    it("both go where neither holds mail", async () => {
      const { drop, lost, left } = mailbox({ id: "a", name: "A" }, flat, { ...nested, mail: 0 });
      await drop("A", "A/B");
      assert.deepEqual([left(), lost], [[], []]);
    });
  });

  it("G9: a folder stays for mail however deep beneath it, and whatever its name is there", async () => {
    const deep = Array.from({ length: 30 }, (_, at) => ({
      id: `f${at}`,
      name: at === 0 ? "A" : `n${at}`,
      ...(at === 0 ? {} : { parentId: `f${at - 1}` }),
      mail: at === 29 ? 1 : 0,
    }));
    const { drop, lost, left } = mailbox(...deep);
    await drop("A");
    assert.deepEqual(lost, []);
    assert.equal(left().length, 30);
  });

  it("parents that go round in a circle come to an end", async () => {
    const { session } = mailbox({ id: "a", name: "A", parentId: "b" }, { id: "b", name: "B", parentId: "a" });
    assert.deepEqual((await foldersThere(session, "g", []))?.slice(SYSTEM_FOLDERS.length), ["B/A", "A/B"]);
  });
});
