import type Nylas from "nylas" with { "resolution-mode": "import" };
import { type Simulator } from "nylas-simulator";
import { type Fleet, PER_TENANT } from "./contenders";

/** What a script over the official SDK does of the same work. It keeps no state, so it has no preview and no plan. */
export interface SdkLoop {
  create(fleet: Fleet): Promise<void>;
  /** One policy. */
  edit(fleet: Fleet): Promise<void>;
  /** Each object by its id. */
  read(): Promise<void>;
  destroy(): Promise<void>;
}

export function clientOfSdk(simulator: Simulator, width: number): SdkLoop {
  // The types of its CommonJS entry do not compile.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { default: Client } = require("nylas") as { default: typeof Nylas };
  const nylas = new Client({ apiKey: simulator.keys.apiKey, apiUri: simulator.url });
  let policyId = "";
  let workspaces: string[] = [];
  let accounts: string[] = [];
  const each = async <T, R>(items: T[], run: (item: T, index: number) => Promise<R>): Promise<R[]> => {
    const results = new Array<R>(items.length);
    let next = 0;
    await Promise.all(
      Array.from({ length: width }, async () => {
        for (let index = next++; index < items.length; index = next++)
          results[index] = await run(items[index]!, index);
      }),
    );
    return results;
  };
  const policy = ({ dailySends }: Fleet) =>
    ({ name: "outreach", limits: { limitCountDailyEmailSent: dailySends } }) as never;

  return {
    async create(fleet) {
      const connectors = await nylas.connectors.list({});
      if (!connectors.data.some(({ provider }) => provider === ("nylas" as never))) {
        await nylas.connectors.create({ requestBody: { provider: "nylas" } as never });
      }
      policyId = (await nylas.policies.create({ requestBody: policy(fleet) })).data.id;
      const tenants = Array.from({ length: Math.ceil(fleet.accounts / PER_TENANT) }, (_, tenant) => tenant);
      workspaces = await each(tenants, async (tenant) => {
        const requestBody = { name: `Tenant ${tenant}`, autoGroup: false, policyId };
        return (await nylas.workspaces.create({ requestBody })).data.workspaceId;
      });
      const numbers = Array.from({ length: fleet.accounts }, (_, number) => number);
      accounts = await each(numbers, async (number) => {
        const tenant = Math.floor(number / PER_TENANT);
        const requestBody = {
          provider: "nylas",
          name: `Agent ${number % PER_TENANT}`,
          workspaceId: workspaces[tenant],
          settings: { email: `agent-${tenant}-${number % PER_TENANT}@acme.nylas.email` },
        };
        return (await nylas.auth.customAuthentication({ requestBody } as never)).data.id;
      });
    },
    async edit(fleet) {
      await nylas.policies.update({ policyId, requestBody: policy(fleet) });
    },
    async read() {
      await nylas.policies.find({ policyId });
      await each(workspaces, (workspaceId) => nylas.workspaces.find({ workspaceId }));
      await each(accounts, (grantId) => nylas.grants.find({ grantId }));
    },
    async destroy() {
      await each(accounts, (grantId) => nylas.grants.destroy({ grantId }));
      await each(workspaces, (workspaceId) => nylas.workspaces.destroy({ workspaceId }));
      await nylas.policies.destroy({ policyId });
    },
  };
}
