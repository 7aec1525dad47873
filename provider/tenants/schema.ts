/** What a file of tenants may hold. What is a property of a resource is as its table says. */
import * as z from "zod/mini";
import { NAME_SUFFIX, NAME_SUFFIXES } from "../dns/place";
import { type Schema as AnySchema } from "../core/schemas";
import { fieldOf as fieldOfType } from "../core/types";
import { account } from "../resources/account";
import { apiKey } from "../resources/apiKey";
import { isDomainName } from "../nylas/addresses";
import { domainRecordsProperties } from "../properties/domainRecords";
import { FIELDS, STEPS } from "../properties/rule";
import { domainName, ID, id } from "../properties/types";
import { list } from "../resources/list";
import { policy } from "../resources/policy";
import { principal } from "../resources/principal";
import { rule } from "../resources/rule";
import { workspace } from "../resources/workspace";
import {
  adoptSchema,
  described,
  either,
  fieldOf,
  flag,
  group,
  hintIn,
  keysIn,
  library,
  members,
  named,
  nameSchema,
  ofTable,
  only,
  optional,
  type Schema,
  without,
} from "./described";
import { type Hint } from "./hint";

/** The nearest hint on the way to a value. */
export function hintAt(path: readonly PropertyKey[]): Hint | undefined {
  return hintIn(madeOnce(), path);
}

/** The properties that an object at a path may have. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  return keysIn(madeOnce(), path);
}

let made: Schema | undefined;

/** The schema of a file of tenants. */
export function tenantsFile(): AnySchema {
  return madeOnce();
}

function madeOnce(): Schema {
  made ??= fileSchema();
  return made;
}

/** The same for editors. */
export function tenantsJsonSchema(): object {
  const schema = z.toJSONSchema(madeOnce(), { io: "input", target: "draft-7", unrepresentable: "any" });
  return {
    ...schema,
    title: "Tenants of pulumi-nylas",
    description:
      "Customers with their domains, limits and mailboxes, for tenantsFromFile of pulumi-nylas/tenants.",
  };
}

function fileSchema(): Schema {
  return z.strictObject({
    $schema: optional(z.string(), "Where an editor finds this schema.", {
      allowed: "a path or an address",
      example: '"node_modules/pulumi-nylas/tenants.schema.json"',
    }),
    connection: optional(
      z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/)),
      "Another set of credentials, for all: eu reads nylas-eu:apiKey.",
      {
        allowed: "a name of letters, digits and dashes",
        example: "eu",
      },
    ),
    policies: z.optional(
      named(policySchema(), "Policies that tenants share, by name.", {
        allowed: "policies by name",
        example: "careful: { limits: { dailySends: 50 } }",
      }),
    ),
    dns: z.optional(
      named(dnsSchema(), "Where records are published, by a name that tenants refer to.", {
        allowed: "publishers of records by name",
        example: "ours: { cloudflare: { zoneId: 023e105f4ecef8ad9ca31a8372d0c353 } }",
      }),
    ),
    tenants: named(tenantSchema(), "The tenants by name.", {
      allowed: "tenants by name",
      example: "customer-a: { trial: acme.nylas.email, accounts: { scheduling: {} } }",
    }),
  });
}

function tenantSchema(): Schema {
  const domain = fieldOfType(domainName, library, '"agents.example.com"');
  return described(
    z.strictObject({
      domainName: optional(domain.schema as Schema, "The tenant's own domain; with dns.", {
        ...domain,
        example: "agents.customer-a.com",
      }),
      dns: z.optional(
        either(
          [nameSchema(), dnsSchema()],
          "Where its records are published: a name of the file's dns (or of the program's), or one of its own.",
          {
            allowed: "a name of dns, or an object with cloudflare, route53 or zoneFile",
            example: "{ cloudflare: { zoneId: 023e105f4ecef8ad9ca31a8372d0c353 } }",
          },
        ),
      ),
      domainArgs: z.optional(domainArgsSchema()),
      trial: z.optional(
        either(
          [trialDomain(), trialSchema()],
          "The trial domain, where accounts can run before the own domain is there.",
          {
            allowed: "the trial domain, or an object with domainName, prefix and retire",
            example: "acme.nylas.email",
          },
        ),
      ),
      accountsOn: optional(
        z.enum(["trial", "own"]),
        "Which domain the accounts run on, where there are both. trial into own is the switch: new mailboxes, the old ones stay.",
        {
          allowed: "trial or own",
          example: "trial",
        },
      ),
      accounts: named(accountSchema(), "The accounts by alias, the part of the address before the @.", {
        allowed: "accounts by alias",
        example: "{ scheduling: { displayName: Scheduling } }",
      }),
      policy: z.optional(
        either(
          [nameSchema(), policySchema()],
          "A policy of the file's (or of the program's) by name, or one of its own.",
          {
            allowed: "a name of policies, or a policy of its own",
            example: "{ limits: { dailySends: 50 } }",
          },
        ),
      ),
      policyId: fieldOf(
        fieldOfType(id("policy"), library, "6dcc0c2e-3a1d-4b0a-9a6f-0b9a7c2f1d10"),
        "A policy that is managed elsewhere, by its id.",
      ),
      lists: z.optional(
        named(
          group(without(list.fields(library), "itemsDigest"), "A list.", ["type"]),
          "Lists of its own by name.",
          {
            allowed: "lists by name",
            example: "{ blocked: { type: domain, items: [spam.example] } }",
          },
        ),
      ),
      rules: z.optional(
        named(ruleSchema(), "Rules of its own by name.", {
          allowed: "rules by name",
          example: "{ spam: { conditions: [{ field: from.domain, inList: [blocked] }], actions: [block] } }",
        }),
      ),
      ruleIds: optional(
        z.array(z.string().check(z.regex(ID))),
        "Rules that are managed elsewhere, by their ids.",
        {
          allowed: "a list of rule ids",
          example: "[3f25a0b2-7f43-4b1c-8f0e-2f0f5f7f6a11]",
        },
      ),
      workspace: z.optional(
        group(
          without(workspace.fields(library), "policyId", "ruleIds"),
          "More about its workspace.",
          [],
          ["adopt"],
        ),
      ),
      sending: optional(
        z.enum(["on", "paused"]),
        "The brake: paused refuses every send of the tenant; what comes in still arrives.",
        {
          allowed: "on or paused",
          example: "paused",
        },
      ),
      smokeTest: optional(
        z.union([z.boolean(), z.strictObject({ send: z.optional(z.boolean()) })]),
        "A test as the last step: true lists the mailboxes; { send: true } also sends a message and waits for it.",
        { allowed: "true, or { send: true }", example: "{ send: true }" },
      ),
      apiKey: z.optional(
        group(
          {
            ...only(apiKey.fields(library), "expiresAt", "enabled", "rotateWhenChanged"),
            ...only(principal.fields(library), "permissions", "roles"),
          },
          "A key that reaches this tenant's mailboxes and no others. Experimental.",
          ["expiresAt"],
        ),
      ),
    }),
    "A tenant: a domain or a place on the trial domain, a workspace with its policy and rules, and accounts.",
    { allowed: "an object", example: "{ trial: acme.nylas.email, accounts: { scheduling: {} } }" },
  );
}

function accountSchema(): Schema {
  const fields = account.fields(library);
  const secret: Hint = {
    allowed: "the name of a secret of the stack's configuration (passwords never stand in this file)",
    example: "{ secret: schedulingPassword }",
    secret: true,
  };
  return described(
    z.nullable(
      z.strictObject({
        displayName: fieldOf(fields.displayName!, "The name in From."),
        appPassword: z.optional(
          described(
            z.strictObject({
              secret: described(
                z.string().check(z.regex(CONFIG_KEY)),
                "The key in the stack's configuration.",
                secret,
              ),
            }),
            "The password for IMAP and SMTP, from the stack's configuration: pulumi config set --secret schedulingPassword.",
            secret,
          ),
        ),
        folders: fieldOf(fields.folders!, "Folders of its own, beside the six that every mailbox has."),
        forceDestroy: fieldOf(
          fields.forceDestroy!,
          "Delete the mailbox even when it holds mail; counts once recorded by an up.",
        ),
        allowMailLoss: fieldOf(fields.allowMailLoss!, "Let a change through that keeps less mail."),
        adopt: z.optional(adoptSchema()),
        onTrial: fieldOf(
          flag("false"),
          "Whether it has, or had before the switch, a mailbox on the trial domain; true by default.",
        ),
      }),
    ),
    "An account; an empty one has no settings.",
    { allowed: "an object, or nothing", example: "{ displayName: Scheduling }", secret: true },
  );
}

/** What is more than one word of the stack's configuration would be no key. */
export const CONFIG_KEY = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

function trialDomain(): Schema {
  return z.string().check(z.refine(isDomainName));
}

function trialSchema(): Schema {
  return z.strictObject({
    domainName: described(trialDomain(), "The trial domain.", {
      allowed: "the trial domain",
      example: "acme.nylas.email",
    }),
    prefix: optional(
      z.string().check(z.minLength(1)),
      "What the addresses on it begin with; the tenant's name and a dash by default.",
      {
        allowed: "what an address can begin with",
        example: "customer-a-",
      },
    ),
    retire: fieldOf(
      flag(),
      "After the switch: the mailboxes on it may be deleted with their mail when trial is taken away.",
    ),
  });
}

function dnsSchema(): Schema {
  const zoneName = optional(
    z.string().check(z.refine(isDomainName)),
    "The zone's name: a domain outside it is refused.",
    {
      allowed: "the name of the zone",
      example: "customer-a.com",
    },
  );
  const ttl = optional(z.number().check(z.int(), z.gte(0)), "Seconds that resolvers keep the records.", {
    allowed: "whole seconds",
    example: "300",
  });
  const zoneId = described(
    z.union([
      z.string().check(z.regex(/^[\w/-]{1,128}$/)),
      z.strictObject({ config: z.string().check(z.regex(CONFIG_KEY)) }),
    ]),
    "The id of the zone, or where the stack's configuration has it.",
    { allowed: "the id of a zone, or { config: key }", example: "{ config: zoneId }" },
  );
  const nameSuffix = optional(
    z.string().check(z.regex(NAME_SUFFIX)),
    "Ends the names of the record resources. For a move to another zone: the new records stand beside the old ones.",
    { allowed: NAME_SUFFIXES, example: "new" },
  );
  const vendor = (members: Record<string, Schema>, description: string, example: string) =>
    z.optional(
      described(z.strictObject(members), description, {
        allowed: `an object with ${Object.keys(members).join(", ")}`,
        example,
      }),
    );
  return z
    .strictObject({
      cloudflare: vendor(
        { zoneId, zoneName, ttl, nameSuffix },
        "A zone at Cloudflare.",
        "{ zoneId: 023e105f4ecef8ad9ca31a8372d0c353 }",
      ),
      route53: vendor(
        { zoneId, zoneName, ttl, nameSuffix },
        "A hosted zone of Route 53.",
        "{ zoneId: Z1D633PJN98FT9 }",
      ),
      zoneFile: vendor(
        {
          path: optional(z.string().check(z.minLength(1)), "A folder for the files.", {
            allowed: "the path of a folder",
            example: "for-acme",
          }),
          ttl,
        },
        "For a domain whose DNS somebody else runs: the records as files to hand over.",
        "{ path: for-acme }",
      ),
    })
    .check(z.refine((value) => Object.values(value).filter((each) => each !== undefined).length === 1));
}

function domainArgsSchema(): Schema {
  return described(
    z.strictObject({
      name: optional(z.string().check(z.minLength(1)), "A label for people.", {
        allowed: "a text",
        example: "Customer A",
      }),
      wait: fieldOf(flag("false"), "Whether up waits for the verification."),
      dmarc: optional(z.string().check(z.regex(/^v=DMARC1/)), "The text of a DMARC record.", {
        allowed: "the text of a DMARC record",
        example: '"v=DMARC1; p=reject"',
      }),
      dkimKeyLength: ofTable(domainRecordsProperties.dkimKeyLength),
      allowApex: fieldOf(flag(), "Allow a domain as it is registered, whose MX takes over all its mail."),
      allowUncheckedDns: fieldOf(
        flag(),
        "Publish the records even when DNS cannot be asked where mail for the domain goes today.",
      ),
      allowImplicitMx: fieldOf(
        flag(),
        "Publish the MX although the name has an address and no MX, so that its mail goes to that address today.",
      ),
      forceDestroy: fieldOf(
        flag(),
        "Delete the domain even while accounts live on it; counts once recorded by an up.",
      ),
      adopt: z.optional(adoptSchema()),
    }),
    "More about its own domain.",
    { allowed: "an object", example: '{ dmarc: "v=DMARC1; p=reject" }' },
  );
}

function policySchema(): Schema {
  return group(policy.fields(library), "A policy: limits, retention, spam detection.", [], ["adopt"]);
}

function fieldsOf(isInbound: boolean): string {
  const named = Object.entries(FIELDS).filter(([, { inbound }]) => inbound === isInbound);
  return named.map(([field]) => field).join(", ");
}

function ruleSchema(): Schema {
  const fields = rule.fields(library);
  const text = z.string().check(z.minLength(1));
  const condition = described(
    z.strictObject({
      field: described(
        z.enum(Object.keys(FIELDS)),
        "What is compared; recipient.* and outbound.type for outgoing mail alone.",
        {
          allowed: `${fieldsOf(true)}, and with trigger: outbound ${fieldsOf(false)}`,
          example: "from.domain",
        },
      ),
      is: z.optional(text),
      isNot: z.optional(text),
      contains: z.optional(text),
      inList: z.optional(z.array(text).check(z.minLength(1))),
    }),
    "A field, and one of is, isNot, contains and inList (names of the tenant's lists, or ids).",
    {
      allowed: "field, and one of is, isNot, contains, inList",
      example: "{ field: from.domain, is: spam.example }",
    },
  );
  const action = described(
    z.union([z.enum(STEPS), z.strictObject({ assignToFolder: text })]),
    "What is done; block goes with nothing else.",
    {
      allowed: `${STEPS.join(", ")}, or { assignToFolder: … }`,
      example: "block",
    },
  );
  return described(
    z.strictObject({
      ...members(without(fields, "conditions", "actions")),
      conditions: described(z.array(condition).check(z.minLength(1)), "One or more.", {
        allowed: "a list of conditions",
        example: "[{ field: from.domain, is: spam.example }]",
      }),
      actions: described(z.array(action).check(z.minLength(1)), "One or more.", {
        allowed: "a list of actions",
        example: "[block]",
      }),
      adopt: z.optional(adoptSchema()),
    }),
    "A rule.",
    {
      allowed: "an object with conditions and actions",
      example: "{ conditions: [{ field: from.domain, is: spam.example }], actions: [block] }",
    },
  );
}
