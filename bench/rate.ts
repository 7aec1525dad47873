import { startSimulator } from "nylas-simulator";
import { connection, keys } from "../test/engine/scene";
import { Plugin } from "../test/plugin/harness";
import { type Bench } from "./report";

/** Requests a second that the real API allows an application. */
const ALLOWED = 50;
/** As many as an engine on sixteen cores has under way. */
const AT_ONCE = 64;
const ACCOUNTS = 1_000;
const PER_TENANT = 10;

/**
 * How much of the API's limit the plugin uses where nothing else holds it up. It makes a thousand accounts in tenants
 * of ten. A client that does nothing else asks for them over gRPC, as the engine does. (An engine on two cores makes
 * a dozen resources in a second, far from the limit.)
 */
export const rate: Bench = {
  name: "rate",
  async run(progress) {
    const simulator = await startSimulator({
      maxAccounts: ACCOUNTS,
      latencyMs: 40,
      requestsPerSecond: ALLOWED,
    });
    simulator.seed({ kind: "connector" });
    const env = { ...connection(simulator), ...keys(simulator), NYLAS_TEST_TIME_SCALE: undefined };
    const plugin = await Plugin.start({ env });
    const make = async (type: string, name: string, declared: Record<string, unknown>) => {
      const news = { ...declared, label: `project/stack/${name}` };
      const { inputs, failures } = await plugin.check(type, {}, news, name);
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
      return (await plugin.create(type, inputs, name)).id;
    };
    try {
      const policyId = await make("Policy", "outreach", { limits: { dailySends: 50 } });
      const workspaces = new Map<number, Promise<string>>();
      const workspaceOf = (tenant: number) => {
        const known = workspaces.get(tenant) ?? make("Workspace", `tenant-${tenant}`, { policyId });
        workspaces.set(tenant, known);
        return known;
      };
      let next = 0;
      const work = async () => {
        for (let number = next++; number < ACCOUNTS; number = next++) {
          if (number % 100 === 0) progress(`${number} of ${ACCOUNTS} accounts`);
          const workspaceId = await workspaceOf(Math.floor(number / PER_TENANT));
          await make("AgentAccount", `agent-${number}`, {
            email: `agent-${number}@acme.nylas.email`,
            workspaceId,
          });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      const { grants } = simulator.state();
      if (grants.length !== ACCOUNTS) throw new Error(`${grants.length} accounts were made`);

      // Without the first requests, which wait for one another (a policy, its workspaces), and the last, which are too few to fill a second.
      const all = simulator.requests.length;
      const middle = simulator.requests.slice(all * 0.05, all * 0.95);
      const seconds = (middle.at(-1)!.time - middle[0]!.time) / 1000;
      const refused = simulator.requests.filter(({ status }) => status === 429).length;
      const granted = middle.filter(({ status }) => status !== 429).length;
      return {
        lines: [
          {
            what: `of ${ALLOWED} requests a second that are allowed, used to make ${ACCOUNTS} accounts`,
            measured: ((granted - 1) / seconds / ALLOWED) * 100,
            unit: "%",
            limit: 95,
            atLeast: true,
          },
          {
            what: "of those requests, too many (429)",
            measured: (refused / all) * 100,
            unit: "%",
            limit: 1,
          },
        ],
        details: { requests: all, refused, granted, seconds, atOnce: AT_ONCE },
      };
    } finally {
      await plugin.stop();
      await simulator.close();
    }
  },
};
