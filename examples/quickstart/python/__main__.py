"""A mailbox on a trial domain, and one on a domain of your own."""

import pulumi
import pulumi_nylas as nylas

config = pulumi.Config()

# The first day: one key, no DNS. The trial domain (NAME.nylas.email) is made in the Nylas Dashboard.
trial_domain = config.get("trialDomain") or "acme.nylas.email"
bot = nylas.AgentAccount("bot", email=f"bot@{trial_domain}", display_name="Acme bot")
addresses = [bot.email]

# The second day: a domain of your own, its records in Cloudflare, verified before the mailbox is made.
domain_name = config.get("domain")
if domain_name:
    domain = nylas.AgentDomain(
        "agents",
        domain_name=domain_name,
        dns={
            "cloudflare": {
                "zone_id": config.require("zoneId"),
                # With it, a preview refuses a domain that does not lie in the zone.
                "zone_name": config.require("zoneName"),
            }
        },
        addresses_for=["assistant"],
    )
    assistant = nylas.AgentAccount(
        "assistant",
        email=domain.addresses["assistant"],
        display_name="Assistant",
    )
    addresses.append(assistant.email)

pulumi.export("grantId", bot.id)
pulumi.export("addresses", addresses)
