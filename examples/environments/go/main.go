// One program, one stack per environment: what differs stands in Pulumi.staging.yaml and Pulumi.prod.yaml.
package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// A workspace and an account for each customer.
var customers = []struct{ workspace, account, displayName string }{
	{"customer-a", "scheduling", "Scheduling"},
	{"customer-b", "support", "Support"},
}

func main() {
	pulumi.Run(program)
}

func program(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")
	inboxRetentionDays := cfg.GetInt("inboxRetentionDays")
	if inboxRetentionDays == 0 {
		inboxRetentionDays = 30
	}

	// Limits for the agents that write to people.
	outreach, err := nylas.NewPolicy(ctx, "outreach", &nylas.PolicyArgs{
		Limits: &nylas.PolicyLimitsArgs{
			DailySends:         pulumi.Int(cfg.RequireInt("dailySends")),
			InboxRetentionDays: pulumi.Int(inboxRetentionDays),
		},
	})
	if err != nil {
		return err
	}

	// The domain, its records in Cloudflare, and the wait until Nylas has verified it.
	names := pulumi.StringArray{}
	for _, customer := range customers {
		names = append(names, pulumi.String(customer.account))
	}
	domain, err := nylas.NewAgentDomain(ctx, "agents", &nylas.AgentDomainArgs{
		DomainName: cfg.Require("domain"),
		Dns: &nylas.DnsArgs{
			Cloudflare: &nylas.CloudflareDnsArgs{
				ZoneId: pulumi.String(cfg.Require("zoneId")),
				// With it, a preview refuses a domain that does not lie in the zone.
				ZoneName: pulumi.String(cfg.Require("zoneName")),
			},
		},
		AddressesFor: names,
	})
	if err != nil {
		return err
	}

	addresses := pulumi.StringArray{}
	grantIds := pulumi.StringMap{}
	for _, customer := range customers {
		// Policy, rules and tenant keys follow the workspace an account is in.
		workspace, err := nylas.NewWorkspace(ctx, customer.workspace, &nylas.WorkspaceArgs{
			PolicyId: outreach.ID(),
		})
		if err != nil {
			return err
		}
		account, err := nylas.NewAgentAccount(ctx, customer.account, &nylas.AgentAccountArgs{
			Email:       domain.Addresses.MapIndex(pulumi.String(customer.account)),
			DisplayName: pulumi.String(customer.displayName),
			WorkspaceId: workspace.ID(),
		})
		if err != nil {
			return err
		}
		addresses = append(addresses, account.Email)
		grantIds[customer.account] = account.ID()
	}

	ctx.Export("addresses", addresses)
	ctx.Export("grantIds", grantIds)
	return nil
}
