package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		customerA, err := nylas.NewTenant(ctx, "customerA", &nylas.TenantArgs{
			DomainName: pulumi.String("agents.customer-a.com"),
			Dns: &nylas.DnsArgs{
				Route53: &nylas.Route53DnsArgs{
					ZoneId:   pulumi.String("Z1D633PJN98FT9"),
					ZoneName: pulumi.String("customer-a.com"),
				},
			},
			Policy: &nylas.TenantPolicyArgs{
				Limits: &nylas.PolicyLimitsArgs{
					DailySends: pulumi.Any(50),
				},
			},
			Accounts: nylas.TenantAccountMap{
				"scheduling": &nylas.TenantAccountArgs{
					DisplayName: pulumi.String("Scheduling"),
				},
				"billing": &nylas.TenantAccountArgs{
					DisplayName: pulumi.String("Billing"),
				},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("grantIds", customerA.GrantIds)
		return nil
	})
}
