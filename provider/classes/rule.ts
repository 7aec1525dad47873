// Made by `npm run generate` from provider/properties/rule.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";
import { type RuleAction, type RuleCondition } from "../nylas/api";
import { type NylasInboundCondition, type NylasOutboundCondition, type NylasRuleActions } from "./types";

interface CommonArgs {
  /** A name for people, 1 to 256 characters. Default: `project/stack/name`. Changed in place. API: `name`. */
  name?: pulumi.Input<string>;
  /** Free text. Changed in place; taking the line away empties it. API: `description`. */
  description?: pulumi.Input<string>;
  /** Whether all conditions must hold or any of them. Default: `all`. Changed in place. API: `match.operator`. */
  match?: pulumi.Input<"all" | "any">;
  /** 0 to 1000, the lower one first. Default: 10. Changed in place. API: `priority`. */
  priority?: pulumi.Input<number>;
  /** Whether it runs. Default: true. Changed in place. API: `enabled`. */
  enabled?: pulumi.Input<boolean>;
  /** What is done when the conditions hold. Changed in place. API: `actions`. */
  actions: NylasRuleActions;
  /**
   * Whether the rule also holds for every account in the workspaces that name it. Default: false. For outgoing mail that
   * is blocked: `trigger: "outbound"`, `match: "any"` and `actions: ["block"]`; anything else is refused.
   *
   * The members stand in the rule at Nylas as conditions of their own, beside the declared ones. They are read at each
   * write of the rule and at each refresh. An account that this provider makes or moves is added before it enters the
   * workspace. Changed in place.
   */
  includeMembers?: pulumi.Input<boolean>;
  /** Take over a rule that exists already (by name): true, or its id. Nothing is written then. */
  adopt?: pulumi.Input<boolean | string>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

/** Arguments of {@link NylasRule} for incoming mail. */
export interface NylasInboundRuleArgs extends CommonArgs {
  /** Which mail it looks at. Default: `inbound`. Changed in place, as far as the conditions allow. API: `trigger`. */
  trigger?: "inbound";
  /** One or more; their order does not count. Changed in place, all at once. API: `match.conditions`. */
  conditions: NylasInboundCondition[];
}

/** Arguments of {@link NylasRule} for outgoing mail. */
export interface NylasOutboundRuleArgs extends CommonArgs {
  /** Which mail it looks at. Default: `inbound`. Changed in place, as far as the conditions allow. API: `trigger`. */
  trigger: "outbound";
  /** One or more; their order does not count. Changed in place, all at once. API: `match.conditions`. */
  conditions: NylasOutboundCondition[];
}

/** Arguments of {@link NylasRule}. */
export type NylasRuleArgs = NylasInboundRuleArgs | NylasOutboundRuleArgs;

/**
 * A rule: what happens to messages that meet its conditions. It runs for the accounts of every workspace that names it
 * in its `ruleIds`. Nothing in it ever replaces it.
 *
 * Deleting it first takes it out of the workspaces that still name it. Nylas itself would leave its id there, and refuse
 * every later write of their rules. A rule that blocks outgoing mail is not deleted while a workspace names it: the
 * workspace's accounts would send.
 *
 * API: [Rules](https://developer.nylas.com/docs/v3/agent-accounts/policies-rules-lists/).
 *
 *     const blocked = new NylasList("blocked", { type: "domain", items: ["spam.example"] });
 *     const rule = new NylasRule("spam", {
 *       conditions: [{ field: "from.domain", inList: [blocked.id] }],
 *       actions: ["block"],
 *     });
 *     new NylasWorkspace("customer-a", { ruleIds: [rule.id] });
 */
export class NylasRule extends pulumi.CustomResource {
  readonly name!: pulumi.Output<string>;
  readonly description!: pulumi.Output<string | undefined>;
  readonly trigger!: pulumi.Output<"inbound" | "outbound">;
  readonly match!: pulumi.Output<"all" | "any">;
  readonly priority!: pulumi.Output<number>;
  readonly enabled!: pulumi.Output<boolean>;
  readonly conditions!: pulumi.Output<RuleCondition[]>;
  readonly actions!: pulumi.Output<RuleAction[]>;
  readonly includeMembers!: pulumi.Output<boolean | undefined>;
  /** The application it belongs to. */
  readonly applicationId!: pulumi.Output<string>;

  constructor(name: string, args: NylasRuleArgs, options?: pulumi.CustomResourceOptions) {
    super(
      typeToken("Rule"),
      name,
      registered("Rule", name, args, options, {
        outputs: [
          "name",
          "description",
          "trigger",
          "match",
          "priority",
          "enabled",
          "conditions",
          "actions",
          "includeMembers",
          "applicationId",
        ],
      }),
      optionsFor("Rule", options, {}),
    );
    restoreStackDepth();
  }

  /** A rule that is managed elsewhere, by its id. Asks Nylas, in a preview too. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): NylasRule {
    return new NylasRule(name, undefined as never, { ...options, id });
  }
}
