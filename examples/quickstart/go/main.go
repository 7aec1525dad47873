// A mailbox on a trial domain, and one on a domain of your own.
package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(program)
}

func program(ctx *pulumi.Context) error {
	cfg := config.New(ctx, "")

	// The first day: one key, no DNS. The trial domain (NAME.nylas.email) is made in the Nylas Dashboard.
	trialDomain := cfg.Get("trialDomain")
	if trialDomain == "" {
		trialDomain = "acme.nylas.email"
	}
	bot, err := nylas.NewAgentAccount(ctx, "bot", &nylas.AgentAccountArgs{
		Email:       pulumi.String("bot@" + trialDomain),
		DisplayName: pulumi.String("Acme bot"),
	})
	if err != nil {
		return err
	}
	addresses := pulumi.StringArray{bot.Email}

	// The second day: a domain of your own, its records in Cloudflare, verified before the mailbox is made.
	if domainName := cfg.Get("domain"); domainName != "" {
		domain, err := nylas.NewAgentDomain(ctx, "agents", &nylas.AgentDomainArgs{
			DomainName: domainName,
			Dns: &nylas.DnsArgs{
				Cloudflare: &nylas.CloudflareDnsArgs{
					ZoneId: pulumi.String(cfg.Require("zoneId")),
					// With it, a preview refuses a domain that does not lie in the zone.
					ZoneName: pulumi.String(cfg.Require("zoneName")),
				},
			},
			AddressesFor: pulumi.ToStringArray([]string{"assistant"}),
		})
		if err != nil {
			return err
		}
		assistant, err := nylas.NewAgentAccount(ctx, "assistant", &nylas.AgentAccountArgs{
			Email:       domain.Addresses.MapIndex(pulumi.String("assistant")),
			DisplayName: pulumi.String("Assistant"),
		})
		if err != nil {
			return err
		}
		addresses = append(addresses, assistant.Email)
	}

	ctx.Export("grantId", bot.ID())
	ctx.Export("addresses", addresses)
	return nil
}
