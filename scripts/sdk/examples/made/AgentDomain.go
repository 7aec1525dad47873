package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		agents, err := nylas.NewAgentDomain(ctx, "agents", &nylas.AgentDomainArgs{
			DomainName: "agents.example.com",
			Dns: &nylas.DnsArgs{
				Cloudflare: &nylas.CloudflareDnsArgs{
					ZoneId:   pulumi.String("023e105f4ecef8ad9ca31a8372d0c353"),
					ZoneName: pulumi.String("example.com"),
				},
			},
			AddressesFor: pulumi.StringArray{
				pulumi.String("scheduling"),
			},
		})
		if err != nil {
			return err
		}
		_, err = nylas.NewAgentAccount(ctx, "scheduling", &nylas.AgentAccountArgs{
			Email: agents.Addresses.ApplyT(func(addresses map[string]string) (string, error) {
				return addresses["scheduling"], nil
			}).(pulumi.StringOutput),
			DisplayName: pulumi.String("Scheduling"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
