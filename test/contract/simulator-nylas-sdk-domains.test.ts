import assert from "node:assert/strict";
import NylasClient, { NylasApiError, ServiceAccountSigner } from "nylas";
// The package types its CommonJS entry as a value only; the class's type stands at the other entry.
import type { default as Nylas } from "nylas" with { "resolution-mode": "import" };
import { startSimulator, type Simulator } from "nylas-simulator";

/** Domains, which the official SDK knows under the old prefix only: every request signed. */
describe("the official Nylas SDK, signing with a service account", () => {
  let simulator: Simulator;
  let nylas: Nylas;
  let signer: ServiceAccountSigner;

  beforeEach(async () => {
    simulator = await startSimulator();
    nylas = new NylasClient({ apiKey: "of no use here", apiUri: simulator.url });
    signer = signerOf(simulator.keys.serviceAccount);
  });
  afterEach(() => simulator.close());

  const signerOf = (credentials: string) => {
    const { private_key, private_key_id } = JSON.parse(credentials);
    return new ServiceAccountSigner({ privateKeyPem: private_key, privateKeyId: private_key_id });
  };
  const requestBody = { name: "Agents & Söhne", domainAddress: "agents.example.com" };

  it("creates, finds, renames, lists and destroys a domain", async () => {
    const { data: made } = await nylas.domains.create({ requestBody, signer });
    assert.deepEqual(
      [made.name, made.domainAddress, made.organizationId, made.verifiedMx],
      ["Agents & Söhne", "agents.example.com", simulator.ids.organization, false],
    );
    const { data: found } = await nylas.domains.find({ domainId: "agents.example.com", signer });
    assert.equal(found.id, made.id);
    const domainId = made.id!;
    const renamed = await nylas.domains.update({ domainId, requestBody: { name: "New" }, signer });
    assert.deepEqual([renamed.data.name, renamed.data.domainAddress], ["New", undefined]);
    simulator.seed({ kind: "domain", address: "more.example.com" });
    const addresses: string[] = [];
    for await (const page of nylas.domains.list({ queryParams: { limit: 1 }, signer })) {
      addresses.push(...page.data.map((d) => d.domainAddress!));
    }
    assert.deepEqual(addresses.sort(), ["acme.nylas.email", "agents.example.com", "more.example.com"]);
    await nylas.domains.destroy({ domainId, signer });
    await assert.rejects(nylas.domains.find({ domainId, signer }), is(404));
  });

  it("asks for a record, publishes it and has it verified", async () => {
    const { data: made } = await nylas.domains.create({ requestBody, signer });
    const ask = {
      domainId: made.id!,
      requestBody: { type: "dkim", options: { keyLength: 2048 } } as const,
      signer,
    };
    const { data: info } = await nylas.domains.info(ask);
    const { host, type, value } = info.attempt!.options!;
    assert.equal((await nylas.domains.verify(ask)).data.status, "pending");
    simulator.putRecord("example.com", { type, name: `${host}.agents.example.com`, content: `"${value}"` });
    assert.equal((await nylas.domains.verify(ask)).data.status, "done");
    assert.equal((await nylas.domains.find({ domainId: made.id!, signer })).data.verifiedDkim, true);
  });

  it("is refused under another account's key, and after a rotation", async () => {
    const stranger = signerOf(simulator.keys.otherServiceAccount);
    const { data } = await nylas.domains.list({ signer: stranger });
    assert.deepEqual(data, []);
    simulator.rotateKey("serviceAccount");
    await assert.rejects(nylas.domains.list({ signer }), is(401));
  });

  it("is told by a 404 where only the new prefix is left", async () => {
    simulator.configure({ domainPrefixes: "new" });
    await assert.rejects(nylas.domains.list({ signer }), is(404));
  });
});

function is(status: number): (error: unknown) => boolean {
  return (error) => error instanceof NylasApiError && error.statusCode === status;
}
