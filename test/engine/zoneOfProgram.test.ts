import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { assertMailArrives, delegateTo, DOMAIN, held, type Moving, open, secondZone } from "./moving";
import { closeScenes, refused, succeeded } from "./scene";

/** With a zone go all its records, whatever guards each of them. */
describe("a move to a zone of the program that replaces the old one", function () {
  this.timeout(400_000);
  afterEach(closeScenes);

  /** The zone is a resource as the vendors' own are: another account makes another zone, and the old one is deleted last. */
  const program = (account: string, id: string) => `
    import { cloudflareDns } from "pulumi-nylas/cloudflare";
    class ZoneProvider {
      diff(_id: string, olds: any, news: any) {
        const replaces = olds.account === news.account ? [] : ["account"];
        return Promise.resolve({ changes: replaces.length > 0, replaces });
      }
      create(inputs: any) { return Promise.resolve({ id: inputs.zone, outs: inputs }); }
      delete(id: string) {
        require("fs").appendFileSync(process.env.DELETED_ZONES!, id + " ");
        return Promise.resolve();
      }
    }
    class Zone extends pulumi.dynamic.Resource {
      constructor(name: string, props: any) { super(new ZoneProvider() as any, name, props); }
    }
    const zone = new Zone("zone", { account: "${account}", zone: "${id}" });
    const dns = cloudflareDns({ zoneId: zone.id, nameSuffix: "${account}" });
    const domain = new nylas.AgentDomain("agents", { domainName: "${DOMAIN}", dns });
    new nylas.AgentAccount("scheduling", { email: domain.mailbox("scheduling") });
  `;
  const opened = async () => {
    const moving = await open();
    const file = moving.stack.write("deleted.txt", "");
    moving.stack.env["DELETED_ZONES"] = file;
    moving.declare(program("first", moving.first));
    succeeded(await moving.stack.up());
    const second = secondZone(moving.sim, "cloudflare");
    moving.declare(program("second", second.at));
    return { ...moving, second, deleted: () => fs.readFileSync(file, "utf8").trim() };
  };
  const stands = async ({ sim, first, deleted }: Moving & { deleted(): string }) => {
    await assertMailArrives(sim);
    assert.deepEqual([deleted(), held(sim, first)], ["", 5]);
  };

  it("is refused with --continue-on-error, which would delete the old zone, and goes on without", async () => {
    const moving = await opened();
    const { sim, stack, second, deleted } = moving;
    const said = "Run pulumi up without --continue-on-error";
    refused(await stack.up("--continue-on-error"), said);
    await stands(moving);
    refused(await stack.up(), "still served by");
    await stands(moving);
    // The engine has a variable for each flag, and an older one for this.
    for (const variable of ["PULUMI_CONTINUE_ON_ERROR", "PULUMI_OPTION_CONTINUE_ON_ERROR"]) {
      stack.env[variable] = "true";
      refused(await stack.up(), said);
      await stands(moving);
      delete stack.env[variable];
    }

    delegateTo(sim, second.id);
    succeeded(await stack.up());
    await assertMailArrives(sim);
    assert.equal(deleted(), moving.first);
    succeeded(await stack.up("--continue-on-error", "--expect-no-changes"));
  });
});
