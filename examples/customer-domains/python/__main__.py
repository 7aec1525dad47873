"""A domain, a workspace and limits for each customer of the list in Pulumi.prod.yaml."""

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_nylas as nylas


@dataclass
class Customer:
    name: str
    # Who publishes the records of its domain.
    dns: Literal["cloudflare", "route53", "customer"]
    # None: the plan's own limits.
    daily_sends: int | None = None
    # With DNS of its own: whether its domain is verified, so that it gets its account.
    verified: bool = False


config = pulumi.Config()
zone_name = config.get("zoneName") or "example.com"
customers = [Customer(**each) for each in config.require_object("customers")]


def dns_of(customer: Customer) -> nylas.DnsArgs:
    if customer.dns == "cloudflare":
        zone_id = config.require("cloudflareZoneId")
        return nylas.DnsArgs(cloudflare=nylas.CloudflareDnsArgs(zone_id=zone_id, zone_name=zone_name))
    if customer.dns == "route53":
        zone_id = config.require("route53ZoneId")
        return nylas.DnsArgs(route53=nylas.Route53DnsArgs(zone_id=zone_id, zone_name=zone_name))
    # Nothing waits for records that the customer publishes.
    return nylas.DnsArgs(zone_file=nylas.ZoneFileArgs())


addresses: dict[str, pulumi.Output[str]] = {}
status: dict[str, pulumi.Output[str]] = {}
zones: dict[str, pulumi.Output[str]] = {}

for customer in customers:
    name = customer.name

    policy_id = None
    if customer.daily_sends is not None:
        policy_id = nylas.Policy(name, limits={"daily_sends": customer.daily_sends}).id
    workspace = nylas.Workspace(name, policy_id=policy_id)

    # A domain per customer: one customer's reputation never touches another's.
    domain = nylas.AgentDomain(
        name,
        domain_name=f"{name}.agents.{zone_name}",
        dns=dns_of(customer),
        addresses_for=["scheduling"],
    )
    status[name] = domain.status

    if customer.dns == "customer":
        # What to send to the customer.
        zones[name] = domain.dns_instructions.apply(lambda records: records.zone if records else "")
    if customer.dns != "customer" or customer.verified:
        account = nylas.AgentAccount(
            f"{name}-scheduling",
            email=domain.addresses["scheduling"],
            display_name="Scheduling",
            workspace_id=workspace.id,
        )
        addresses[name] = account.email

pulumi.export("addresses", addresses)
pulumi.export("status", status)
pulumi.export("zones", zones)
