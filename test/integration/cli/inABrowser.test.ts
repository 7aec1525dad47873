import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { type Browser, type Page } from "playwright-core";
import { page as pageOf } from "../../../provider/cli/map/page";
import { readFleet } from "../../../provider/cli/map/state";
import { shortened, visible } from "../../../provider/review/text";
import { findBrowser, HOW_TO_GET_A_BROWSER, startBrowser } from "../../browser";
import { type Declared, fixture, previewOf, reviewOf } from "../../unit/cli/previews";

describe("what people look at, in a real browser", function () {
  this.timeout(120_000);

  let browser: Browser | undefined;
  let folder: string;
  before(async function () {
    const executable = findBrowser();
    if (executable === undefined) {
      console.error(
        `\n  PASSED OVER: ${this.test!.parent!.title}. There is none here: ${HOW_TO_GET_A_BROWSER}.\n`,
      );
      this.skip();
    }
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pages-"));
    browser = await startBrowser(executable);
  });
  after(async () => {
    await browser?.close();
    if (folder) fs.rmSync(folder, { recursive: true });
  });

  const newPage = async (width: number) => {
    const page = await browser!.newPage({ viewport: { width, height: 900 } });
    await page.addInitScript({ path: path.join(__dirname, "inThePage.js") });
    return page;
  };

  /** 1,000 accounts of 50 customers, some of them with names as long as they may be, or longer than anybody expected. */
  const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
  const LONG_ADDRESS = `${"a".repeat(64)}@agents.${"very-long-".repeat(6)}domain.example.com`;
  const fleet: Declared[] = [
    ...Array.from({ length: 10 }, (_, at) => ({
      type: "Policy",
      name: `policy-${at}`,
      inputs: {
        name: at === 3 ? LONG : `Policy ${at}`,
        limits: { dailySends: 50, attachmentTypes: ["image/*", "application/pdf"] },
      },
    })),
    ...Array.from({ length: 50 }, (_, at) => [
      {
        type: "Workspace",
        name: `customer-${at}`,
        inputs: {
          name: at === 7 ? LONG : at === 8 ? "顧客".repeat(30) : `Customer ${at}`,
          policyId: { ref: `policy-${at % 10}` },
        },
      },
      ...Array.from({ length: 20 }, (_, account) => ({
        type: "AgentAccount",
        name: `account-${at}-${account}`,
        inputs: {
          email:
            at === 7 && account === 3 ? LONG_ADDRESS : `agent-${account}@agents.customer-${at}.example.com`,
          displayName: account === 5 ? `${LONG} of ${LONG}` : `Agent ${account}`,
          workspaceId: { ref: `customer-${at}` },
        },
      })),
    ]).flat(),
  ];
  const addresses = fleet.flatMap(({ inputs }) => (inputs!["email"] as string | undefined) ?? []);

  describe("the page of map", () => {
    /** Opens the page at a width, and hears of all that it complains about or asks for. */
    const opened = async (html: string, width: number) => {
      const file = path.join(folder, "fleet.html");
      fs.writeFileSync(file, html);
      const page = await newPage(width);
      const heard: string[] = [];
      page.on("console", (message) => heard.push(`${message.type()}: ${message.text()}`));
      page.on("pageerror", (error) => heard.push(error.message));
      page.on("request", (request) => heard.push(`asks for ${request.url()}`));
      const url = pathToFileURL(file).href;
      await page.goto(url);
      return { page, quiet: () => assert.deepEqual(heard, [`asks for ${url}`]) };
    };
    const openAll = (page: Page) => page.evaluate("look.openAll()");

    for (const width of [400, 1400]) {
      it(`shows 1,000 accounts ${width} pixels wide: every address, nothing cut off, nothing on top of another`, async () => {
        const { page, quiet } = await opened(pageOf(readFleet(previewOf(fleet, fleet))), width);
        assert.deepEqual(await page.evaluate("look.misplaced()"), []);
        assert.equal(await page.locator("svg g").count(), 51 + 50 + 10, "domains, workspaces, policies");
        await openAll(page);
        assert.deepEqual(await page.evaluate("look.misplaced()"), []);
        const shown = await page.evaluate<string[]>("look.addresses()");
        assert.deepEqual(shown.sort(), [...addresses].sort());
        quiet();
        await page.close();
      });

      it(`shows what a change does, ${width} pixels wide`, async () => {
        const { page, quiet } = await opened(pageOf(readFleet(fixture("edits.json"))), width);
        await openAll(page);
        assert.deepEqual(await page.evaluate("look.misplaced()"), []);
        assert.equal(await page.getByText("is deleted", { exact: true }).first().isVisible(), true);
        assert.deepEqual(await page.locator("summary").allInnerTexts(), [
          "customer-a, 13 accounts",
          "customer-b, 3 accounts",
          "deleted, 1 account",
        ]);
        quiet();
        await page.close();
      });
    }

    it("finds each of 1,000 addresses by what is typed, and all of a policy by its name", async () => {
      const { page, quiet } = await opened(pageOf(readFleet(previewOf(fleet, fleet))), 1400);
      await page.getByLabel("Find an account").fill("AGENT-4@agents.customer-31.");
      const rows = page.locator("tbody tr:visible");
      assert.deepEqual(await rows.allInnerTexts(), ["agent-4@agents.customer-31.example.com\tAgent 4"]);
      assert.equal(await page.getByRole("status").innerText(), "1 account");

      await page.getByLabel("Find an account").fill("Policy 4");
      assert.equal(await page.getByRole("status").innerText(), "100 accounts");
      assert.equal(await rows.count(), 100);

      const missed = await page.evaluate(`look.missed(${JSON.stringify(addresses)})`);
      assert.deepEqual(missed, []);

      await page.getByLabel("Find an account").fill("");
      assert.equal(await page.locator("details:visible").count(), 50);
      quiet();
      await page.close();
    });

    it("leads from a workspace in the drawing to its accounts", async () => {
      const { page } = await opened(pageOf(readFleet(previewOf(fleet, fleet))), 1400);
      await page.locator("svg a", { hasText: "Customer 42" }).click();
      await page.getByText("agent-19@agents.customer-42.example.com").waitFor({ state: "visible" });
      assert.equal(await page.locator("details[open]").count(), 1);
      await page.reload();
      assert.equal(await page.locator("details[open]").count(), 1, "as a link to it does");
      await page.close();
    });
  });

  describe("the picture in a review, drawn by Mermaid as GitHub does", () => {
    let page: Page;
    before(async () => {
      page = await newPage(1200);
      await page.goto("about:blank");
      await page.addScriptTag({ path: require.resolve("@mermaid-js/tiny/dist/mermaid.tiny.js") });
      await page.evaluate('mermaid.initialize({ startOnLoad: false, securityLevel: "strict" })');
    });

    /** The labels of the boxes, as they are read. Mermaid draws nothing of a text that it does not understand. */
    const drawn = (markdown: string): Promise<string[]> => {
      const text = /^```mermaid\n([\s\S]*?)\n```$/m.exec(markdown);
      assert.ok(text, `there is no picture in ${markdown.slice(-300)}`);
      return page.evaluate<string[]>(`look.drawn(${JSON.stringify(text[1])})`);
    };

    it("shows domain, workspace, policy and accounts", async () => {
      const { markdown } = reviewOf([], fleet.slice(0, 10).concat(fleet.slice(10, 31)));
      assert.deepEqual(await drawn(markdown), [
        "Customer 0",
        "agents.customer-0.example.com",
        "Policy 0",
        "20 accountsagent-0@agents.customer-0.example.comagent-1@agents.customer-0.example.comagent-2@agents.customer-0.example.comand 17 more",
      ]);
    });

    it("is drawn of a large fleet with the longest names: as much as the 50,000 characters hold that Mermaid takes", async () => {
      const large = fleet.map((each) => ({
        ...each,
        inputs: {
          ...each.inputs,
          name: "☃".repeat(60),
          ...(each.type === "AgentAccount"
            ? { email: `${"☃".repeat(30)}${each.name}@agents.example.com` }
            : {}),
        },
      }));
      const [policy, ...rest] = large;
      const edited = { ...policy!, inputs: { ...policy!.inputs, limits: { dailySends: 51 } } };
      const { markdown } = reviewOf(large, [edited, ...rest]);
      assert.ok((await drawn(markdown)).length > 50);
      assert.match(markdown, /\d+ more workspaces are not drawn \(1,000 accounts in all\)/);
    });

    it("shows any name as it is, and nothing in it as Mermaid, Markdown or HTML", async () => {
      const name = fc.oneof(
        fc.constantFrom(
          '"]',
          "end",
          "graph",
          "%%{init: {}}%%",
          "<b>x</b>",
          "#35;",
          "`x`",
          "a-->b",
          "**a**",
          "1. a",
          "- a",
        ),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
      );
      await fc.assert(
        fc.asyncProperty(name, async (given) => {
          const { markdown } = reviewOf(
            [],
            [
              { type: "Workspace", name: "w", inputs: { name: given } },
              {
                type: "AgentAccount",
                name: "a",
                inputs: { email: "a@b.example", workspaceId: { ref: "w" } },
              },
            ],
          );
          const [workspace] = await drawn(markdown);
          const plain = (text: string) => text.replace(/\s+/g, " ").trim();
          assert.equal(plain(workspace!), plain(shortened(visible(given), 48)));
        }),
        { numRuns: 60 },
      );
    });
  });
});
