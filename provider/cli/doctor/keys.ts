/** Whose the keys are: application, organization, region. */
import { type Application, type Domain, type NylasApi } from "../../nylas/api";
import { configurationKey, type Settings } from "../../nylas/credentials";
import { NylasError } from "../../nylas/errors";
import { explainMissingKey } from "../../nylas/explain";
import { isReadable } from "../../nylas/readable";
import { NEEDS } from "../../resources/needs";
import { closedKey } from "../connection";
import { type DoctorContext } from "./context";
import { type Finding } from "./findings";

/** The application key, and the application it is of. */
export async function applicationKey(
  context: DoctorContext,
): Promise<{ findings: Finding[]; application: Application | undefined }> {
  const { settings, api, declared } = context;
  const subject = "application key";
  if (settings.apiKey === undefined) {
    const needed = neededBy(context, "application");
    return { findings: [missing(context, "apiKey", subject, needed)], application: undefined };
  }
  const from = `from ${settings.sources.apiKey}`;
  try {
    const application = await api.application();
    const { id, organizationId, region, environment } = application;
    const organization = organizationId ?? "not shown: it may not read GET /v3/applications";
    const whose = `of application ${id} (organization ${organization}, ${[region, environment].filter(Boolean).join(", ")}), ${from}`;
    const findings: Finding[] = [{ area: "keys", subject, state: "ok", text: whose }];
    if (region !== settings.region) findings.push(foreignRegion(context, subject, from, region));
    const others = declared.applications.filter((recorded) => recorded !== id);
    if (others.length > 0) {
      findings.push({
        area: "keys",
        subject,
        state: "problem",
        text: `${from} is of application ${id}, and the stack was made in ${others.join(", ")}`,
        next: `Use the key of ${others[0]}: with this one every operation is refused.`,
      });
    }
    return { findings: findings.some(isProblem) ? findings.filter(isProblem) : findings, application };
  } catch (error) {
    const elsewhere = await whoElse(context, error, (other) => other.application());
    return { findings: [elsewhere ?? refusal(error, subject)], application: undefined };

    function whoElse(...args: Parameters<typeof inOtherRegion<Application>>) {
      return inOtherRegion(...args).then((region) => region && foreignRegion(context, subject, from, region));
    }
  }
}

/** What domains are managed with, and the domains it shows. */
export async function organizationKey(
  context: DoctorContext,
  application: Application | undefined,
): Promise<{ findings: Finding[]; domains: Domain[] | undefined }> {
  const { settings, api, declared } = context;
  const credential = settings.domainCredential;
  const subject = credential === "serviceAccount" ? "service account" : "organization key";
  if (settings[credential] === undefined) {
    const needed = neededBy(context, "organization");
    return { findings: [missing(context, credential, subject, needed)], domains: undefined };
  }
  const from = `from ${settings.sources[credential]}`;
  let domains: Domain[];
  try {
    domains = (await api.domains.list()).filter(isReadable);
  } catch (error) {
    const region = await inOtherRegion(context, error, (other) => other.domains.list());
    const found = region ? foreignRegion(context, subject, from, region) : refusal(error, subject);
    return { findings: [found], domains: undefined };
  }
  const first = domains[0];
  if (!first) {
    const text = `${from} is accepted, and shows no domain: whose it is cannot be told yet`;
    return { findings: [{ area: "keys", subject, state: "ok", text }], domains };
  }
  const { organizationId, region } = first;
  if (region !== "" && region !== settings.region)
    return { findings: [foreignRegion(context, subject, from, region)], domains };
  const expected = [
    ...declared.organizations,
    ...(application?.organizationId === undefined ? [] : [application.organizationId]),
  ];
  const other = expected.find((each) => each !== organizationId);
  if (other !== undefined) {
    const text = `${from} is of organization ${organizationId}, and ${declared.organizations.includes(other) ? "the stack" : "the application key"} is of ${other}`;
    const next = `Use an organization key of ${other}.`;
    return { findings: [{ area: "keys", subject, state: "problem", text, next }], domains };
  }
  const text = `of organization ${organizationId}, ${from}`;
  return { findings: [{ area: "keys", subject, state: "ok", text }], domains };
}

/** What an error of Nylas says about the keys, or that it could not be asked. */
export function refusal(error: unknown, subject: string, otherwise: Finding["area"] = "reach"): Finding {
  if (!(error instanceof NylasError)) throw error;
  const area = (
    { credential: "keys", setting: "keys", forbidden: "permissions" } as Record<string, Finding["area"]>
  )[error.kind];
  return { area: area ?? otherwise, subject, state: "problem", text: error.message };
}

/**
 * Whether a refused key belongs to the other region, where that can be asked. A key of the wrong region looks like an
 * expired one. Only Nylas' own address is asked; a key is never sent anywhere else.
 */
async function inOtherRegion<T>(
  context: DoctorContext,
  error: unknown,
  ask: (api: NylasApi) => Promise<T>,
): Promise<"us" | "eu" | undefined> {
  if (!(error instanceof NylasError) || error.kind !== "credential") return undefined;
  const region = context.settings.region === "us" ? "eu" : "us";
  const apiUrl = context.hostOf(region, context.settings);
  if (apiUrl === undefined) return undefined;
  try {
    await ask(context.beside({ apiUrl, region }));
    return region;
  } catch (refused) {
    // It is known there, and may not do this.
    return refused instanceof NylasError && refused.kind === "forbidden" ? region : undefined;
  }
}

/** Nylas' own host of a region; none where another address was set, which says nothing about the other region's. */
export function officialHost(region: "us" | "eu", settings: Settings): string | undefined {
  return settings.sources.apiUrl === undefined ? `https://api.${region}.nylas.com` : undefined;
}

function foreignRegion({ settings }: DoctorContext, subject: string, from: string, region: string): Finding {
  const name = configurationKey("region", settings.connection);
  const now = settings.sources.region === undefined ? "the default" : settings.sources.region;
  return {
    area: "keys",
    subject,
    state: "problem",
    text: `${from} is a good key of region ${region}, and the region here is ${settings.region} (${now})`,
    next: `pulumi config set ${name} ${region}, or use the key of ${settings.region}.`,
  };
}

function missing(
  context: DoctorContext,
  name: "apiKey" | "organizationKey" | "serviceAccount",
  subject: string,
  needed: boolean,
): Finding {
  const closed = closedKey(context, name, context.settings.connection);
  const text = closed ?? explainMissingKey(name, context.settings);
  if (needed || closed !== undefined) return { area: "keys", subject, state: "problem", text };
  return { area: "keys", subject, state: "note", text: "not set, and nothing in this stack needs it" };
}

/** Whether something in the stack needs such a key; where no stack can be read, the application key alone is sure to be needed. */
function neededBy({ declared: { types } }: DoctorContext, key: "application" | "organization"): boolean {
  if (types === undefined) return key === "application";
  return [...types].some((type) => NEEDS[type]?.key === key);
}

function isProblem({ state }: Finding): boolean {
  return state === "problem";
}
