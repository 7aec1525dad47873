import * as fs from "node:fs";
import { startSimulator } from "nylas-simulator";
import { Stack, type StateResource } from "../test/engine/harness";
import { connection, keys, succeeded } from "../test/engine/scene";
import { floorSdk, withFloor } from "./floor";
import { type Bench, type Line, type Progress, round } from "./report";

/**
 * How many more bytes an account takes in the state than a bare custom resource. Both have the same inputs and
 * dependencies, in programs of the same form: only the imported package differs. Source positions and stack traces
 * are state bytes too.
 */
export function accountBytes(accounts: number): Bench {
  return {
    name: "account-bytes",
    async run(progress) {
      const ours = await measureOurs(accounts, progress);
      const bare = await measureBare(accounts, progress);
      const over = ours.each - bare.each;
      const lines: Line[] = [
        { what: "AgentAccount over a bare custom resource", measured: over, unit: "B", limit: 400 },
      ];
      const shares = difference(average(ours.entries), average(bare.entries));
      return {
        lines,
        notes: {
          [`An AgentAccount takes ${round(ours.each)} B, a bare custom resource ${round(bare.each)} B; the difference by property`]:
            shares.map(([property, bytes]) => `${String(bytes).padStart(6)}  ${property}`),
        },
        details: {
          accounts,
          each: { ours: round(ours.each), bare: round(bare.each) },
          difference: Object.fromEntries(shares),
        },
      };
    },
  };
}

interface Taken {
  /** Bytes that one account adds to the state file. */
  each: number;
  entries: StateResource[];
}

async function measureOurs(accounts: number, progress: Progress): Promise<Taken> {
  const simulator = await startSimulator({ maxAccounts: accounts });
  const env = { ...connection(simulator), ...keys(simulator) };
  const stack = new Stack({ project: "state", env });
  try {
    return await measure(stack, "pulumi-nylas", accounts, progress);
  } finally {
    stack.dispose();
    await simulator.close();
  }
}

async function measureBare(accounts: number, progress: Progress): Promise<Taken> {
  const stack = withFloor(new Stack({ project: "state", files: floorSdk("Workspace", "AgentAccount") }));
  try {
    return await measure(stack, "./floor", accounts, progress);
  } finally {
    stack.dispose();
  }
}

async function measure(stack: Stack, from: string, accounts: number, progress: Progress): Promise<Taken> {
  const bytes = async (count: number) => {
    progress(`${count} accounts from ${from}`);
    stack.setProgram(program(from, count));
    succeeded(await stack.up());
    return fs.statSync(stack.stateFile).size;
  };
  const none = await bytes(0);
  const all = await bytes(accounts);
  const entries = stack.state().filter(({ type }) => type.endsWith(":AgentAccount"));
  if (entries.length !== accounts) throw new Error(`Expected ${accounts} accounts, found ${entries.length}`);
  return { each: (all - none) / accounts, entries };
}

function program(from: string, accounts: number): string {
  return `import * as nylas from "${from}";
    const workspaces = [0, 1, 2, 3, 4].map(
      (number) => new nylas.Workspace(\`customer-\${number}\`, { name: \`Customer \${number}\` }),
    );
    for (let number = 0; number < ${accounts}; number++) {
      new nylas.AgentAccount(\`agent-\${number}\`, {
        email: \`agent-\${number}@acme.nylas.email\`,
        displayName: \`Agent \${number}\`,
        workspaceId: workspaces[number % 5].id,
      });
    }`;
}

type Shares = Map<string, number>;

/** Bytes of each property of the entries, on average; of inputs, outputs and dependencies by property again. */
function average(entries: StateResource[]): Shares {
  const shares: Shares = new Map();
  for (const entry of entries) {
    for (const [name, value] of Object.entries(entry)) {
      const nested = ["inputs", "outputs", "propertyDependencies"].includes(name);
      const parts = nested ? Object.entries(value as object) : [["", value] as const];
      for (const [part, content] of parts) {
        const property = nested ? `${name}.${part}` : name;
        // The key with its quotes, the colon, and the comma to the next.
        const size = Buffer.byteLength(JSON.stringify({ [part || name]: content })) - 1;
        shares.set(property, (shares.get(property) ?? 0) + size / entries.length);
      }
    }
  }
  return shares;
}

/** Where they differ, the largest first. */
function difference(ours: Shares, bare: Shares): [string, number][] {
  return [...new Set([...ours.keys(), ...bare.keys()])]
    .map((property): [string, number] => [
      property,
      round((ours.get(property) ?? 0) - (bare.get(property) ?? 0)),
    ])
    .filter(([, bytes]) => bytes !== 0)
    .sort(([, one], [, other]) => other - one);
}
