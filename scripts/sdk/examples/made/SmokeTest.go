package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		scheduling, err := nylas.NewAgentAccount(ctx, "scheduling", &nylas.AgentAccountArgs{
			Email: pulumi.String("scheduling@agents.example.com"),
		})
		if err != nil {
			return err
		}
		_, err = nylas.NewSmokeTest(ctx, "works", &nylas.SmokeTestArgs{
			Accounts: pulumi.StringArray{
				scheduling.ID().ToIDOutput().ToStringOutput(),
			},
			Sender: scheduling.ID().ToIDOutput().ToStringOutput(),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
