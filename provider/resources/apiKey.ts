import { fieldsOf, inputHandlingOf } from "../core/propertyTable";
import { createMembers, observedMembers, updateMembers } from "../core/wireMembers";
import { answerOf } from "../nylas/answer";
import { apiKeyProperties, type ApiKeyProperties, secondsOf } from "../properties/apiKey";
import { aliasChoices } from "../core/aliasAdvice";
import { type CommonInputs, type Context, type Definition } from "../core/definition";
import { UserError } from "../core/failure";
import { type Failure, show } from "../core/fields";
import { holdsUnknown } from "../core/unknown";
import { withLock } from "../core/perOwner";
import { type ApiKey } from "../nylas/api";
import { isReadable } from "../nylas/readable";
import { makeShownOnce, type WithSecret } from "./shownOnce";
import { assertPrincipals, iamOwner, type Session, stillListed } from "./session";

/** What a key without an end, as the Dashboard makes it, is shown as: no moment that a program can declare. */
const NEVER = "never";

export type ApiKeyInputs = CommonInputs & ApiKeyProperties;

/** A key, with its secret where this very answer had it. */
export interface HeldApiKey {
  key: ApiKey;
  organizationId: string | undefined;
  secret?: string;
}

export const apiKey: Definition<ApiKeyInputs, HeldApiKey, Session> = {
  type: "ApiKey",
  noun: "API key",
  fields: (z) => fieldsOf(apiKeyProperties, z),
  inputs: inputHandlingOf<ApiKeyInputs>(apiKeyProperties, { expiresAt: secondsOf }),
  validation: {
    failures: validateExpiry,
  },

  // No natural key: of a key that is there already nobody can have the secret, so it is never taken for this one.
  duplicates: {
    all: async ({ api }, { key, organizationId }) =>
      (await api.apiKeys.list(key.principalId))
        .filter(isReadable)
        .map((other) => ({ key: other, organizationId })),
    duplicateKey: ({ key }) => `${key.expiresAt} ${key.name}`,
    under: ({ key }) => key.principalId,
  },
  async get(session, id, outputs) {
    const [principalId, keyId] = partsOf(id);
    const key = await session.api.apiKeys.get(principalId, keyId);
    return key && held(session, key, outputs.organizationId);
  },
  gone: {
    async isListed(session, id) {
      const { api } = session;
      const [principalId, keyId] = partsOf(id);
      // It goes with its principal.
      if ((await api.principals.get(principalId)) === undefined)
        return stillListed(session, () => api.principals.list(), principalId);
      return stillListed(session, () => api.apiKeys.list(principalId), keyId);
    },
  },
  async create(context, inputs) {
    const { session } = context;
    // Asked first: what fails after the key is made would lose it, and its secret.
    const organizationId = (await session.api.principals.get(inputs.principalId))?.organizationId;
    const { secret, ...key } = await withKeyLock(inputs, () => makeKey(context, inputs));
    return { key, organizationId, secret };
  },
  async update({ session }, { id, news, changed, olds }) {
    const [principalId, keyId] = partsOf(id);
    const key = await session.api.apiKeys.update(principalId, keyId, {
      ...(changed.has("name") ? { name: news.name! } : {}),
      members: updateMembers(apiKeyProperties, news, changed),
    });
    return held(session, key, olds.organizationId);
  },
  delete: ({ session }, id) => session.api.apiKeys.delete(...partsOf(id)),

  id: ({ key }) => `${key.principalId}/${key.id}`,
  describe: ({ key }) => `API key "${key.name}" (id ${key.id} of principal ${key.principalId})`,
  observed: ({ key }) => ({
    principalId: key.principalId,
    expiresAt: key.expiresAt === undefined ? NEVER : new Date(key.expiresAt * 1000).toISOString(),
    name: key.name,
    ...observedMembers(apiKeyProperties, answerOf(key)),
  }),
  outputs: ({ key, organizationId, secret }, _inputs, recorded) => ({
    secret: secret ?? recorded.secret,
    keyId: key.id,
    organizationId,
  }),
  owner: {
    of: iamOwner,
    assert: assertPrincipals,
  },
};

/** Creates a key. One whose secret was lost with the answer is deleted, and made once more. */
function makeKey(context: Context<Session>, inputs: ApiKeyInputs): Promise<WithSecret<ApiKey>> {
  const { apiKeys } = context.session.api;
  const { principalId, name } = inputs;
  const expiresAt = secondsOf(inputs.expiresAt)!;
  return makeShownOnce(context.session.clock, {
    same: async () =>
      (await apiKeys.list(principalId)).filter((key) => key.name === name && key.expiresAt === expiresAt),
    assertFree: (before) => assertAllRecorded(context, before),
    async create() {
      const key = await apiKeys.create(principalId, {
        name: name!,
        expiresAt,
        // A key works unless it is told not to.
        members: createMembers(apiKeyProperties, {
          ...inputs,
          enabled: inputs.enabled === false ? false : undefined,
        }),
      });
      context.markCreated(`${principalId}/${key.id}`);
      return key;
    },
    async recover(lost) {
      // A list that came empty before the create would make an older key look new.
      for (const key of lost)
        if (!context.isInState(`${principalId}/${key.id}`)) await apiKeys.delete(principalId, key.id);
      return undefined;
    },
    tries: 2,
  });
}

/** Two of the same in one program are made one after the other: the lost one is told by what was there before it. */
function withKeyLock<T>({ principalId, name, expiresAt }: ApiKeyInputs, make: () => Promise<T>): Promise<T> {
  // One lock for the whole process: several connections may lead to one principal.
  return withLock(apiKey, JSON.stringify([principalId, name, secondsOf(expiresAt)]), make);
}

/** An earlier run may have made it and not recorded it, or somebody lives on it: which, nobody can tell. */
function assertAllRecorded({ isInState }: Context<Session>, keys: ApiKey[]): void {
  const unknown = keys.filter(({ principalId, id }) => !isInState(`${principalId}/${id}`));
  const [first] = unknown;
  if (!first) return;
  throw new UserError(
    `API key "${first.name}" is there already, with the same expiry and unknown to this state: ` +
      `${unknown.map((key) => `id ${key.id} of principal ${key.principalId}`).join(", ")}. Most likely a run made it and was killed, or lost the ` +
      `answer, before it was recorded: then nobody has its secret. Or it was kept on purpose, or waits for its deletion after a rotation (pulumi up ` +
      `without the change does that first). Nothing was changed. If the resource was renamed or moved in the program, give it the alias that leads to ` +
      `its entry:\n${aliasChoices(undefined, undefined)}\nOtherwise delete it at Nylas, give this one another name, or take it over without its secret: ` +
      `adopt: "${first.principalId}/${first.id}".`,
  );
}

async function held(session: Session, key: ApiKey, organizationId?: unknown): Promise<HeldApiKey> {
  return {
    key,
    organizationId:
      typeof organizationId === "string"
        ? organizationId
        : (await session.api.principals.get(key.principalId))?.organizationId,
  };
}

function partsOf(id: string): [principalId: string, keyId: string] {
  const [principalId, keyId, ...more] = id.split("/");
  if (principalId && keyId && more.length === 0) return [principalId, keyId];
  throw new UserError(`The id of an API key is principalId/keyId; given ${show(id)}.`);
}

/** Only for a moment that is new: a key that expired in the meantime is no mistake of the program. */
function validateExpiry({ expiresAt }: ApiKeyInputs, olds: ApiKeyInputs | undefined): Failure[] {
  if (holdsUnknown(expiresAt) || (olds && secondsOf(olds.expiresAt) === secondsOf(expiresAt))) return [];
  const seconds = secondsOf(expiresAt)!;
  const now = new Date();
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + 10);
  if (seconds * 1000 > now.getTime() && seconds * 1000 <= latest.getTime()) return [];
  return [
    {
      property: "expiresAt",
      reason: `expiresAt: given ${show(expiresAt)}; allowed: a moment in the future, at most ten years away; for example expiresAt: ${JSON.stringify(`${now.getUTCFullYear() + 1}-01-01T00:00:00Z`)}`,
    },
  ];
}
