import { strict as assert } from "node:assert";
import { type Resource } from "./standInPulumi";
import { openStackWorld } from "./stackWorld";

const DNS = 14;
const DOMAIN = "agents.example.com";

describe("doctor: domains and their records", function () {
  this.timeout(30_000);
  const world = openStackWorld();
  const { call } = world;

  const removeFromZone = (type: string, name: string) => {
    const zone = world.sim.state().zones.find((each) => each.name === "example.com")!;
    const found = zone.records.filter((record) => record.type === type && record.name === name);
    assert.ok(found.length > 0, `${type} ${name} is not in the zone`);
    for (const { id } of found) world.sim.removeRecord("example.com", id);
  };

  it("a record that is gone since it was verified is named with what to publish, beside those that stand", async () => {
    const { mx } = await world.domain(DOMAIN);
    removeFromZone("MX", DOMAIN);
    const { code, stdout } = await call("doctor");
    assert.equal(code, DNS);
    const publish = `it was verified once and is gone: publish it: ${DOMAIN} MX ${mx.priority} ${mx.value}`;
    assert.ok(stdout.includes(`✗ ${DOMAIN}`) && stdout.includes(`mx MX at ${DOMAIN}: ${publish}`), stdout);
    assert.match(stdout, /DNS of agents\.example\.com:\n +record +Nylas expects +published +Nylas says/);
    assert.match(stdout, /spf TXT +.* the same +verified/);
  });

  it("a record that says something else, and a second SPF, are problems while Nylas still calls them verified", async () => {
    const { dkim } = await world.domain(DOMAIN);
    removeFromZone("TXT", dkim.name);
    world.sim.putRecord("example.com", { type: "TXT", name: dkim.name, content: "v=DKIM1; k=rsa; p=AAAA" });
    world.sim.putRecord("example.com", {
      type: "TXT",
      name: DOMAIN,
      content: "v=spf1 include:_spf.example.net -all",
    });
    const { code, stdout } = await call("doctor");
    assert.equal(code, DNS);
    assert.match(
      stdout,
      /spf TXT at agents\.example\.com: two SPF records make every mail of this domain fail/,
    );
    assert.match(stdout, /dkim TXT at .*: v=DKIM1; k=rsa; p=AAAA stands there; change it to v=DKIM1/);
  });

  it("records that were never published are missing one by one; published ones wait for Nylas", async () => {
    const records = await world.domain(DOMAIN, { publish: false });
    const missing = await call("doctor", "--json");
    assert.equal(missing.code, DNS);
    const [report] = (JSON.parse(missing.stdout) as { domains: { status: string; missing: string[] }[] })
      .domains;
    assert.deepEqual(report!.missing.sort(), ["dkim", "feedback", "mx", "ownership", "spf"]);

    for (const { value, ...record } of Object.values(records))
      world.sim.putRecord("example.com", { ...record, content: value });
    const waiting = await call("doctor");
    assert.equal(waiting.code, DNS);
    assert.match(
      waiting.stdout,
      /✗ agents\.example\.com +Nylas has not verified ownership, spf, mx, dkim, feedback; the records stand\n +→ pulumi up asks Nylas/,
    );
    // Asking Nylas to look would be a write.
    assert.equal(
      world.sim.state().domains.find((each) => each.domain_address === DOMAIN)!.verified.mx,
      false,
    );
  });

  it("an ownership value whose time is up is said at once, as waiting for it is in vain", async () => {
    await world.domain(DOMAIN, { publish: false });
    const records = world.pulumi.resources.find(({ type }) => type === "DomainRecords")!;
    records.outputs!["expiresAt"] = Math.floor(Date.now() / 1000) - 60;
    const { code, stdout } = await call("doctor");
    assert.equal(code, DNS);
    assert.match(stdout, /the ownership value has expired.*\n +→ pulumi up --refresh/);
  });

  it("a zone that nobody answers for is told from missing records; so is DNS that cannot be asked", async () => {
    await world.domain(DOMAIN, { verify: false });
    world.sim.setDelegation("example.com", ["ns1.parked.example.net"]);
    const broken = await call("doctor");
    assert.equal(broken.code, DNS);
    assert.match(
      broken.stdout,
      /agents\.example\.com is served by ns1\.parked\.example\.net, and none of the records is there\. Your records are at Cloudflare/,
    );
    world.sim.setDelegation("example.com", null);
    world.sim.configure({ dnsMode: "refused" });
    const refused = await call("doctor");
    assert.equal(refused.code, DNS);
    assert.match(refused.stdout, /REFUSED|not reachable|could not be seen/);
    assert.doesNotMatch(refused.stdout, /publish it:/);
  });

  it("a verified domain whose DNS cannot be seen from here is no problem, and is not called well", async () => {
    await world.domain(DOMAIN);
    world.sim.configure({ dnsMode: "refused" });
    const { code, stdout } = await call("doctor");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\? agents\.example\.com +verified; what is published could not be seen from here/);
  });

  it("a domain that Nylas does not know any more is gone, and one of another stack is none of this one's business", async () => {
    await world.domain(DOMAIN);
    world.sim.seed({ kind: "domain", address: "others.example.com" });
    const other = await call("doctor");
    assert.equal(other.code, 0, other.stdout);
    assert.match(
      other.stdout,
      /· domains +1 other in the organization, not of this stack: others\.example\.com/,
    );
    const id = world.sim.state().domains.find((each) => each.domain_address === DOMAIN)!.id;
    world.sim.remove("domain", id);
    const gone = await call("doctor");
    assert.equal(gone.code, DNS);
    assert.match(gone.stdout, /✗ agents\.example\.com +it is in the stack, and Nylas does not know it/);
  });

  it("a domain whose records were pasted, without an organization key, is looked at in DNS and needs none", async () => {
    await world.domain(DOMAIN);
    const verification = world.pulumi.resources.find(({ type }) => type === "DomainVerification")!;
    delete verification.inputs!["domainId"];
    world.pulumi.resources = [verification];
    delete world.pulumi.config["nylas:organizationKey"];
    const stands = await call("doctor");
    assert.equal(stands.code, 0, stands.stdout);
    assert.match(stands.stdout, /\? agents\.example\.com +the records stand; Nylas was not asked/);
    removeFromZone("MX", DOMAIN);
    assert.equal((await call("doctor")).code, DNS);
  });

  it("without a stack, the organization's domains are looked at as far as that goes without asking Nylas for values", async () => {
    await world.domain(DOMAIN);
    await world.domain("pending.example.com", { publish: false });
    world.environment["PATH"] = "/nowhere";
    world.environment["NYLAS_API_URL"] = world.sim.url;
    world.environment["NYLAS_API_KEY"] = world.sim.keys.apiKey;
    world.environment["NYLAS_ORGANIZATION_KEY"] = world.sim.keys.organizationKey;
    world.environment["NYLAS_DNS_SERVERS"] = world.sim.dnsServer;
    const { code, stdout } = await call("doctor");
    assert.equal(code, DNS);
    assert.match(stdout, /✓ agents\.example\.com +verified/);
    assert.match(
      stdout,
      /✗ pending\.example\.com +Nylas has not verified ownership, spf, mx, dkim, feedback/,
    );
    removeFromZone("MX", DOMAIN);
    assert.match(
      (await call("doctor")).stdout,
      /✗ agents\.example\.com +the MX was verified once and is gone/,
    );
  });

  describe("a tenant on its trial domain", () => {
    const tenant = (name: string, outputs: Record<string, unknown>): Resource => {
      const component: Resource = { type: "pulumi-nylas:index:Tenant", name, outputs };
      world.pulumi.resources.push(component);
      return component;
    };

    it("can be switched when its own domain is verified, and not before", async () => {
      const a = tenant("customer-a", { accountsOn: "trial", status: "pending" });
      const b = tenant("customer-b", { accountsOn: "trial", status: "pending" });
      // Verified since the last up, which recorded "pending".
      await world.domain("a.example.com", { parent: a });
      await world.domain("b.example.com", { parent: b, publish: false });
      const { code, stdout } = await call("doctor");
      assert.equal(code, DNS);
      assert.match(
        stdout,
        /· tenant "customer-a" +on the trial domain; a\.example\.com is verified: the switch is possible\n +→ accountsOn: "own"/,
      );
      assert.match(
        stdout,
        /· tenant "customer-b" +on the trial domain; the switch is not possible yet: b\.example\.com is pending \(ownership, spf, mx, dkim, feedback missing\)/,
      );
    });

    it("is not told to switch while a record of its verified domain is gone, nor where it has no domain of its own", async () => {
      const a = tenant("customer-a", { accountsOn: "trial", status: "verified" });
      await world.domain("a.example.com", { parent: a });
      removeFromZone("MX", "a.example.com");
      const c = tenant("customer-c", { accountsOn: "trial", status: "trial" });
      world.pulumi.resources.push({ type: "Workspace", name: "customer-c", id: "w", parent: c });
      const { stdout } = await call("doctor");
      assert.match(
        stdout,
        /tenant "customer-a" .*not possible yet: a\.example\.com is verified, and its records are not in order/,
      );
      assert.doesNotMatch(stdout, /customer-c/);
    });

    it("is told by what the last up recorded where there is no organization key", async () => {
      const a = tenant("customer-a", { accountsOn: "trial", status: "verified" });
      await world.domain("a.example.com", { parent: a });
      delete world.pulumi.config["nylas:organizationKey"];
      const { stdout } = await call("doctor");
      assert.match(
        stdout,
        /a\.example\.com is verified \(as the last up recorded it\): the switch is possible/,
      );
    });
  });

  it("of many domains fits one screen, the ill ones first of all", async () => {
    for (let at = 0; at < 30; at++) await world.domain(`d${at}.example.com`, { publish: at < 18 });
    const { code, stdout } = await call("doctor");
    assert.equal(code, DNS);
    const lines = stdout.split("\n");
    assert.ok(lines.length <= 50, `${lines.length} lines`);
    assert.match(stdout, /✓ domains +18 domains are well/);
    assert.match(stdout, /… and 4 more problems \(--json has all of them\)/);
    assert.match(stdout, /\n12 problems\.\n$/);
    const { domains } = JSON.parse((await call("doctor", "--json")).stdout) as { domains: object[] };
    assert.equal(domains.length, 30);
  });
});
