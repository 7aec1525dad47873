/** A stranger's way through a page of `docs/`: its files, its command lines, and what it says is printed. */
import { strict as assert } from "node:assert";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { SimulatorState } from "nylas-simulator";
import { freePort } from "../freePort";
import { environment, installedEngine } from "./harness";

const root = path.join(__dirname, "..", "..");

export interface Way {
  /** The environment on top of the reader's own. */
  env?: NodeJS.ProcessEnv;
  /** Called after each block of command lines, with what the simulator can be asked for. */
  after?: (block: string, reader: Reader) => Promise<void>;
}

/** Reads `docs/<name>` from its first to its last block, as somebody at two terminals does who begins in an empty folder. */
export async function followPage(name: string, { env, after }: Way = {}): Promise<void> {
  const page = fs.readFileSync(path.join(root, "docs", name), "utf8");
  // Outside of the repository, so that nothing is found there by chance.
  const outside = fs.mkdtempSync(path.join(os.tmpdir(), "page-"));
  const reader = await Reader.at(outside, env);
  try {
    let printed = "";
    for (const { language, info, text, heading, introduced } of blocksOf(page)) {
      if (info === "account")
        assert.match(introduced, /account/, `a reader does not see that this needs an account:\n${text}`);
      else if (language === "sh" && info === "second terminal") await reader.start(text);
      else if (language === "sh") {
        printed = await reader.type(text, info.startsWith("exit") ? Number(info.slice(5)) : 0);
        await after?.(text, reader);
      } else if (language === "text" && info === "") says(printed, text, heading);
      else {
        assert.ok(introduced.includes(`\`${info}\``), `a reader does not see that this is ${info}:\n${text}`);
        reader.write(info, text);
      }
    }
  } finally {
    reader.end();
    if (!process.env["KEEP_STACKS"]) fs.rmSync(outside, { recursive: true });
  }
}

interface Block {
  /** The last heading before it. */
  heading: string;
  language: string;
  /** What stands behind the language: the name of a file, `second terminal`, `exit 255`. */
  info: string;
  text: string;
  /** The paragraph above it. */
  introduced: string;
}

function blocksOf(markdown: string): Block[] {
  let heading = "";
  return [...markdown.matchAll(/^## (.*)$|^```(\w+) ?(.*)\n([^]*?)^```$/gm)].flatMap(
    ({ 1: title, 2: language, 3: info, 4: text, index }) => {
      if (title !== undefined) heading = title;
      if (language === undefined) return [];
      const introduced = markdown.slice(0, index).trimEnd().split("\n\n").at(-1)!;
      return [{ heading, language, info: info!, text: text!, introduced }];
    },
  );
}

/** Each line of the page is printed, in this order; `…` stands for anything, and spaces are all alike. */
function says(printed: string, expected: string, heading: string): void {
  const lines = printed.split("\n").map((line) => line.replace(/\s+/g, " ").trim());
  let from = 0;
  for (const line of expected.split("\n").map((each) => each.replace(/\s+/g, " ").trim())) {
    if (line === "" || line === "…") continue;
    const parts = line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`^${parts.join(".*")}$`);
    const at = lines.findIndex((each, index) => index >= from && pattern.test(each));
    assert.ok(
      at >= 0,
      `"${heading}" says that this is printed:\n  ${line}\nbut what was printed is:\n${printed}`,
    );
    from = at + 1;
  }
}

/** Somebody at two terminals, beginning in an empty folder. */
export class Reader {
  private simulator: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly packages: string[],
    private readonly ports: Record<string, string>,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    fs.writeFileSync(this.file("cwd"), folder);
    fs.writeFileSync(this.file("variables"), "");
  }

  /** Packs both packages, as they would be published. */
  static async at(folder: string, env: NodeJS.ProcessEnv = {}): Promise<Reader> {
    const packed = path.join(folder, "packed");
    fs.mkdirSync(packed);
    const args = ["--workspace", "provider", "--workspace", "simulator", "--pack-destination", packed];
    execFileSync("npm", ["pack", "--ignore-scripts", "--silent", ...args], { cwd: root, stdio: "pipe" });
    const packages = fs.readdirSync(packed).map((name) => path.join(packed, name));
    const ports = { 8080: String(await freePort()), 8053: String(await freePort()) };
    return new Reader(folder, packages, ports, {
      ...environment(installedEngine()),
      HOME: process.env["HOME"],
      // Back-offs and waits pass fifty times as fast.
      NYLAS_TEST_TIME_SCALE: "0.02",
      // What is not ours is linked from the repository instead of fetched.
      npm_config_legacy_peer_deps: "true",
      npm_config_prefer_offline: "true",
      npm_config_update_notifier: "false",
      ...env,
    });
  }

  /** Types the lines; the next ones go on in the same folder with the same variables. Returns what is printed. */
  async type(block: string, code: number): Promise<string> {
    const script = `
      cd "$(cat ${this.file("cwd")})" && . ${this.file("variables")}
      trap 'declare -px > ${this.file("variables")}; pwd > ${this.file("cwd")}' EXIT
      set -e
      ${this.here(block)}`;
    const child = spawn("bash", ["-c", script], { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => (printed += chunk));
    const [exit] = (await once(child, "close")) as [number];
    assert.equal(exit, code, `${block}\nended with ${exit}, not ${code}, and printed:\n${printed}`);
    if (/^npm install/m.test(block)) this.link();
    return printed;
  }

  /** Starts what stays in the second terminal, and waits until it is there. */
  async start(block: string): Promise<void> {
    const cwd = this.cwd();
    this.simulator = spawn("bash", ["-c", `exec ${this.here(block)}`], {
      cwd,
      env: this.env,
      stdio: ["ignore", "ignore", "inherit"],
      detached: true,
    });
    const deadline = Date.now() + 60_000;
    while (!fs.existsSync(path.join(cwd, "simulator.env"))) {
      assert.ok(this.simulator.exitCode === null && Date.now() < deadline, `${block} has not started`);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** What the simulator in the second terminal holds. */
  async simulated(): Promise<SimulatorState> {
    const exports = fs.readFileSync(path.join(this.cwd(), "simulator.env"), "utf8");
    const url = /NYLAS_API_URL='?([^'\n]+)/.exec(exports)![1]!;
    return (await (await fetch(`${url}/_control/state`)).json()) as SimulatorState;
  }

  write(name: string, text: string): void {
    assert.notEqual(name, "", `a block has no name of a file:\n${text}`);
    fs.writeFileSync(path.join(this.cwd(), name), text);
  }

  end(): void {
    // npx does not hand signals on.
    if (this.simulator?.pid !== undefined && this.simulator.exitCode === null)
      process.kill(-this.simulator.pid);
  }

  /** The block with this machine's ports and packages. */
  private here(block: string): string {
    return block
      .replace(/\b(8080|8053)\b/g, (port) => this.ports[port]!)
      .replace(/^npm install .*$/gm, (line) =>
        line
          .split(" ")
          .flatMap((word) => {
            const ours = this.packages.find((file) => path.basename(file).startsWith(`${word}-`));
            return word.startsWith("@") ? [] : [ours ?? word];
          })
          .join(" "),
      );
  }

  /** Puts the repository's own @pulumi packages where npm would put those of the registry. */
  private link(): void {
    const folder = path.join(this.cwd(), "node_modules", "@pulumi");
    if (!fs.existsSync(folder)) fs.symlinkSync(path.join(root, "node_modules", "@pulumi"), folder);
  }

  private cwd(): string {
    return fs.readFileSync(this.file("cwd"), "utf8").trim();
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }
}
