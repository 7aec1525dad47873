import { type Simulator } from "nylas-simulator";
import { Stack } from "../../test/engine/harness";
import { connection, keys } from "../../test/engine/scene";
import { projectFile } from "../../test/native/stack";
import { nothingSdk } from "./nothing";
import { clientOfSdk, type SdkLoop } from "./sdkLoop";
import { usualSdk } from "./usual";

/** What takes part: a way to bring a fleet of accounts into being and to keep it. */
export type Contender = {
  name: string;
  /** Whether it is so far from the others that an operation is measured once. */
  once?: boolean;
} & (
  | { kind: "engine"; open(simulator: Simulator): Stack; program(fleet: Fleet): string }
  | { kind: "loop"; open(simulator: Simulator): SdkLoop }
);

/** A policy, and tenants of ten accounts each under it. */
export interface Fleet {
  accounts: number;
  /** Sends per day, in the policy. */
  dailySends: number;
}

export const PER_TENANT = 10;

/** This provider. */
export const ours: Contender = engine("pulumi-nylas", "pulumi-nylas");

/** The same resources in the native plugin. */
export const native: Contender = engine("pulumi-nylas/native", "pulumi-nylas/native", {
  "Pulumi.yaml": projectFile("{ name: nodejs, options: { typescript: false } }").replace(
    "name: project",
    "name: scale",
  ),
});

/** The same engine, program and size of state with a plugin that does nothing: nothing can be faster than that. */
export const floor: Contender = engine("the floor: a plugin that does nothing", "./nothing");

/** The same resources written the usual way: `pulumi.dynamic.Resource`, a provider object for each class, captured closures. */
export const usual: Contender = { ...engine("pulumi.dynamic the usual way", "./usual"), once: true };

/** No engine: a loop over the official SDK. */
export const oneByOne: Contender = loop("the nylas SDK in a loop, one call after the other", 1);
export const eightAtATime: Contender = loop("the nylas SDK in a loop, eight calls at a time", 8);

const CLASSES = ["NylasPolicy", "NylasWorkspace", "AgentAccount"] as const;

function engine(name: string, from: string, files: Record<string, string> = {}): Contender {
  return {
    name,
    kind: "engine",
    open(simulator) {
      // Time is not to run faster here than it does.
      const env = { ...connection(simulator), ...keys(simulator), NYLAS_TEST_TIME_SCALE: undefined };
      return new Stack({
        project: "scale",
        env,
        files: { ...nothingSdk(...CLASSES), ...usualSdk(), ...files },
      });
    },
    program: (fleet) => program(from, fleet),
  };
}

function loop(name: string, width: number): Contender {
  return { name, kind: "loop", once: true, open: (simulator) => clientOfSdk(simulator, width) };
}

/** The same text for all, but for where the classes come from: source positions and stack traces are state bytes too. */
function program(from: string, { accounts, dailySends }: Fleet): string {
  return `import { ${CLASSES.join(", ")} } from "${from}";
    const policy = new NylasPolicy("outreach", { name: "outreach", limits: { dailySends: ${dailySends} } });
    for (let tenant = 0; tenant < ${Math.ceil(accounts / PER_TENANT)}; tenant++) {
      const workspace = new NylasWorkspace(\`tenant-\${tenant}\`, {
        name: \`Tenant \${tenant}\`,
        policyId: policy.id,
      });
      for (let number = 0; number < ${PER_TENANT} && tenant * ${PER_TENANT} + number < ${accounts}; number++) {
        new AgentAccount(\`agent-\${tenant}-\${number}\`, {
          email: \`agent-\${tenant}-\${number}@acme.nylas.email\`,
          displayName: \`Agent \${number}\`,
          workspaceId: workspace.id,
        });
      }
    }`;
}
