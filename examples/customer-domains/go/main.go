// A domain, a workspace and limits for each customer of the list in Pulumi.prod.yaml.
package main

import (
	"fmt"

	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

type customer struct {
	Name string `json:"name"`
	// Who publishes the records of its domain: cloudflare, route53 or customer.
	DNS string `json:"dns"`
	// Nil: the plan's own limits.
	DailySends *int `json:"dailySends"`
	// With DNS of its own: whether its domain is verified, so that it gets its account.
	Verified bool `json:"verified"`
}

type outputs struct{ addresses, status, zones pulumi.StringMap }

func main() {
	pulumi.Run(program)
}

func program(ctx *pulumi.Context) error {
	var customers []customer
	config.New(ctx, "").RequireObject("customers", &customers)

	out := outputs{addresses: pulumi.StringMap{}, status: pulumi.StringMap{}, zones: pulumi.StringMap{}}
	for _, each := range customers {
		if err := each.declare(ctx, out); err != nil {
			return fmt.Errorf("%s: %w", each.Name, err)
		}
	}
	ctx.Export("addresses", out.addresses)
	ctx.Export("status", out.status)
	ctx.Export("zones", out.zones)
	return nil
}

func (c customer) declare(ctx *pulumi.Context, out outputs) error {
	workspaceArgs := &nylas.WorkspaceArgs{}
	if c.DailySends != nil {
		policy, err := nylas.NewPolicy(ctx, c.Name, &nylas.PolicyArgs{
			Limits: &nylas.PolicyLimitsArgs{DailySends: pulumi.Int(*c.DailySends)},
		})
		if err != nil {
			return err
		}
		workspaceArgs.PolicyId = policy.ID()
	}
	workspace, err := nylas.NewWorkspace(ctx, c.Name, workspaceArgs)
	if err != nil {
		return err
	}

	// A domain per customer: one customer's reputation never touches another's.
	dns, zoneName, err := c.zone(config.New(ctx, ""))
	if err != nil {
		return err
	}
	domain, err := nylas.NewAgentDomain(ctx, c.Name, &nylas.AgentDomainArgs{
		DomainName:   c.Name + ".agents." + zoneName,
		Dns:          dns,
		AddressesFor: pulumi.ToStringArray([]string{"scheduling"}),
	})
	if err != nil {
		return err
	}
	out.status[c.Name] = domain.Status.ToStringOutput()

	if c.DNS == "customer" {
		// What to send to the customer.
		out.zones[c.Name] = domain.DnsInstructions.Zone().Elem()
		if !c.Verified {
			return nil
		}
	}
	account, err := nylas.NewAgentAccount(ctx, c.Name+"-scheduling", &nylas.AgentAccountArgs{
		Email:       domain.Addresses.MapIndex(pulumi.String("scheduling")),
		DisplayName: pulumi.String("Scheduling"),
		WorkspaceId: workspace.ID(),
	})
	if err != nil {
		return err
	}
	out.addresses[c.Name] = account.Email
	return nil
}

// zone is where the records of the customer's domain are published, and the name of that zone.
func (c customer) zone(cfg *config.Config) (*nylas.DnsArgs, string, error) {
	name := cfg.Get("zoneName")
	if name == "" {
		name = "example.com"
	}
	switch c.DNS {
	case "cloudflare":
		id := pulumi.String(cfg.Require("cloudflareZoneId"))
		return &nylas.DnsArgs{Cloudflare: &nylas.CloudflareDnsArgs{ZoneId: id, ZoneName: pulumi.String(name)}}, name, nil
	case "route53":
		id := pulumi.String(cfg.Require("route53ZoneId"))
		return &nylas.DnsArgs{Route53: &nylas.Route53DnsArgs{ZoneId: id, ZoneName: pulumi.String(name)}}, name, nil
	case "customer":
		// Nothing waits for records that the customer publishes.
		return &nylas.DnsArgs{ZoneFile: &nylas.ZoneFileArgs{}}, name, nil
	}
	return nil, "", fmt.Errorf("dns is %q: allowed are cloudflare, route53 and customer", c.DNS)
}
