// Made by `npm run generate` from provider/properties/rule.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type RuleAction, type RuleCondition } from "../../nylas/api";
import { type NylasRuleArgs } from "../rule";

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
      nativeToken("Rule"),
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
