"""One program, one stack per environment: what differs stands in Pulumi.staging.yaml and Pulumi.prod.yaml."""

import pulumi
import pulumi_nylas as nylas

config = pulumi.Config()

# Limits for the agents that write to people.
outreach = nylas.Policy(
    "outreach",
    limits={
        "daily_sends": config.require_int("dailySends"),
        "inbox_retention_days": config.get_int("inboxRetentionDays") or 30,
    },
)

# A workspace per customer: policy, rules and tenant keys follow the workspace an account is in.
customer_a = nylas.Workspace("customer-a", policy_id=outreach.id)
customer_b = nylas.Workspace("customer-b", policy_id=outreach.id)

# The domain, its records in Cloudflare, and the wait until Nylas has verified it.
domain = nylas.AgentDomain(
    "agents",
    domain_name=config.require("domain"),
    dns={
        "cloudflare": {
            "zone_id": config.require("zoneId"),
            # With it, a preview refuses a domain that does not lie in the zone.
            "zone_name": config.require("zoneName"),
        }
    },
    addresses_for=["scheduling", "support"],
)

scheduling = nylas.AgentAccount(
    "scheduling",
    email=domain.addresses["scheduling"],
    display_name="Scheduling",
    workspace_id=customer_a.id,
)
support = nylas.AgentAccount(
    "support",
    email=domain.addresses["support"],
    display_name="Support",
    workspace_id=customer_b.id,
)

pulumi.export("addresses", [scheduling.email, support.email])
pulumi.export("grantIds", {"scheduling": scheduling.id, "support": support.id})
