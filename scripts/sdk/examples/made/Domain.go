package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := nylas.NewDomain(ctx, "domain", &nylas.DomainArgs{
			DomainName: pulumi.String("agents.example.com"),
			Name:       pulumi.String("Agents of Example"),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
