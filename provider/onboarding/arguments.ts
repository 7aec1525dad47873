import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type TenantArgs } from "../components/tenantArgs";
import { planTenant, type Plan } from "../components/tenantPlan";
import { isWithin, normaliseName } from "../dns/records";
import { requireArgument, requireArguments } from "../hosts/dynamic/arguments";
import { show } from "../core/fields";
import { requirePlugin } from "../hosts/dynamic/registration";
import { OnboardingError } from "./failure";
import { type OnboardingOptions } from "./options";
import { runError } from "../hosts/dynamic/runError";

export interface Validated {
  name: string;
  args: TenantArgs;
  plan: Plan;
}

/** Everything that can be told from the arguments alone. */
export function validated(domain: string, alias: string, options: OnboardingOptions): Validated {
  try {
    return validatedArguments(domain, alias, options);
  } catch (error) {
    if (!pulumi.RunError.isInstance(error)) throw error;
    throw new OnboardingError("check", [error.message], "Nothing was touched. Put that right in the call.");
  }
}

function validatedArguments(domain: string, alias: string, options: OnboardingOptions): Validated {
  const what = "onboardTenant";
  for (const [property, value, example] of [
    ["its domain", domain, '"agents.customer-a.com"'],
    ["its alias", alias, '"scheduling"'],
  ] as const) {
    requireArgument(what, property, value, {
      fits: (given) => typeof given === "string" && given !== "",
      allowed: "a text",
      example,
    });
  }
  requireArguments(`${what}: its options`, options, '{ workDir: ".pulumi-work" }', OPTIONS);
  requireArgument(what, "workDir", options.workDir, {
    fits: (given) => typeof given === "string" && given !== "" && !given.includes("\0"),
    allowed: "the path of a folder",
    example: '".pulumi-work"',
  });
  for (const property of ["remove", "allow"] as const) {
    const list: unknown = options[property];
    if (list === undefined || (Array.isArray(list) && list.every((each) => typeof each === "string")))
      continue;
    throw runError(
      `${what}: ${property}: given ${show(list)}; allowed: a list of texts, as a refusal gives them; for example ${property}: ["…"]`,
    );
  }
  const onTrial = isWithin(normaliseName(domain), "nylas.email");
  if (onTrial && options.name === undefined) {
    throw runError(
      `${what}: name: is missing, and ${show(domain)} is a trial domain, which serves all tenants; for example name: "customer-a"`,
    );
  }
  const { tenant = {}, account = {} } = options;
  const taken = (["domainName", "domain"] as const).find((key) => key in tenant);
  if (taken !== undefined && !onTrial)
    throw runError(`${what}: tenant.${taken}: is the first argument of onboardTenant already`);
  if (tenant.accounts && Object.hasOwn(tenant.accounts, alias))
    throw runError(`${what}: tenant.accounts.${alias}: goes into account, which is of that alias`);
  const name = options.name ?? normaliseName(domain);
  const args: TenantArgs = {
    ...tenant,
    ...(onTrial ? (tenant.trial === undefined ? { trial: domain } : {}) : { domainName: domain }),
    accounts: { ...tenant.accounts, [alias]: account },
  };
  return { name, args, plan: planTenant(name, args) };
}

const OPTIONS = [
  "name",
  "tenant",
  "account",
  "workDir",
  "project",
  "stack",
  "env",
  "secretsProvider",
  "pulumiCommand",
  "remove",
  "allow",
  "onProgress",
  "signal",
] as const satisfies readonly (keyof OnboardingOptions)[];

/** What would fail late, or in a place that nobody looks at, is found here. */
export function checkWorkFolder(workDir: string, project: string): void {
  const folder = path.resolve(workDir);
  const wrong = (finding: string, next: string) =>
    new OnboardingError("check", [`workDir ${folder}: ${finding}`], next);
  try {
    mkdirSync(folder, { recursive: true });
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw wrong(
      `cannot be used (${(error as NodeJS.ErrnoException).code})`,
      "Name a folder that this process can make and write to, such as one below your service's own.",
    );
  }
  const below =
    "Choose a folder at or below the one whose package.json has both, such as .pulumi-work beside it.";
  try {
    requirePlugin(folder);
    createRequire(path.join(folder, "index.js")).resolve("@pulumi/pulumi/package.json");
  } catch (error) {
    const finding = pulumi.RunError.isInstance(error)
      ? error.message
      : "@pulumi/pulumi cannot be found from there";
    throw wrong(finding, below);
  }
  const file = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"]
    .map((each) => path.join(folder, each))
    .find(existsSync);
  if (file === undefined) return;
  const named = /^\s*"?name"?:\s*"?([\w.-]+)"?/m.exec(readFileSync(file, "utf8"))?.[1];
  if (named !== project) {
    throw wrong(
      `${path.basename(file)} there is of the project ${show(named ?? "")}, and not of ${show(project)}`,
      "Give onboarding a folder of its own, or say which project it is: project.",
    );
  }
}
