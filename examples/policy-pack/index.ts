import {
  type PolicyConfigSchema,
  PolicyPack,
  type ReportViolation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
} from "@pulumi/policy";

/** Stacks in which the stricter rules hold. */
const production: PolicyConfigSchema = {
  properties: { stacks: { type: "array", items: { type: "string" }, default: ["prod"] } },
};

/** A rule for one kind of resource of pulumi-nylas, such as "AgentAccount". */
function rule(
  name: string,
  description: string,
  kinds: string[],
  judge: (args: ResourceValidationArgs, report: ReportViolation) => void,
  more: Partial<ResourceValidationPolicy> = {},
): ResourceValidationPolicy {
  // Dynamic resources have the first type, those of the native plugin the second one.
  const types = kinds.flatMap((kind) => [`pulumi-nodejs:dynamic/nylas:${kind}`, `nylas:index:${kind}`]);
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    ...more,
    validateResource: (args, report) => {
      if (types.includes(args.type)) judge(args, report);
    },
  };
}

/** The name of the stack is the first part of a URN. */
const inProduction = ({ urn, getConfig }: ResourceValidationArgs): boolean =>
  getConfig<{ stacks: string[] }>().stacks.includes(urn.split(":")[2]!);

new PolicyPack("nylas", {
  policies: [
    rule(
      "no-trial-domain-in-production",
      "Customers are written to from a domain of our own.",
      ["AgentAccount"],
      (args, report) => {
        const { email } = args.props as { email: string };
        if (inProduction(args) && email.endsWith(".nylas.email"))
          report(`${email} is on the trial domain; use an address on a domain of ours`);
      },
      { configSchema: production },
    ),
    rule(
      "dedicated-subdomain",
      "Agents have a subdomain of their own, so that nobody's mail is rerouted.",
      ["DomainRecords"],
      (args, report) => {
        const { allowApex, domainName } = args.props as { allowApex?: boolean; domainName: string };
        if (allowApex)
          report(`${domainName} would move all its mail to Nylas (allowApex); use agents.${domainName}`);
      },
    ),
    rule(
      "workspace-has-policy",
      "Without a policy a workspace has the plan's limits, which are the highest there are.",
      ["Workspace", "DefaultWorkspace"],
      (args, report) => {
        if (!("policyId" in args.props)) report("give it a policyId");
      },
    ),
    rule(
      "send-limit",
      "A policy says how much may be sent a day, and not more than the cap.",
      ["Policy"],
      (args, report) => {
        const { cap } = args.getConfig<{ cap: number }>();
        const { limits } = args.props as { limits?: { dailySends?: number } };
        const sends = limits?.dailySends;
        if (sends === undefined) report(`say limits.dailySends, at most ${cap}`);
        else if (sends > cap) report(`limits.dailySends is ${sends}; at most ${cap} is allowed`);
      },
      { configSchema: { properties: { cap: { type: "integer", minimum: 0, default: 500 } } } },
    ),
    rule(
      "protected-in-production",
      "Mailboxes and domains are protected: nylas:protect, or protect on the resource.",
      ["AgentAccount", "Domain"],
      (args, report) => {
        if (inProduction(args) && !args.opts.protect) report("pulumi config set nylas:protect true");
      },
      { configSchema: production },
    ),
    rule(
      "no-replacement-in-production",
      "Neither word that lets a mailbox be replaced, deleted or emptied stays in the program.",
      ["AgentAccount", "Domain", "Workspace", "DefaultWorkspace", "Policy"],
      (args, report) => {
        for (const word of ["forceDestroy", "allowMailLoss"])
          if (inProduction(args) && args.props[word] === true) report(`${word} is set`);
      },
      { configSchema: production },
    ),
  ],
});
