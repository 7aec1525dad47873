package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		schedulingPassword := cfg.Require("schedulingPassword")
		customerA, err := nylas.NewWorkspace(ctx, "customerA", &nylas.WorkspaceArgs{
			Name: pulumi.String("Customer A"),
		})
		if err != nil {
			return err
		}
		scheduling, err := nylas.NewAgentAccount(ctx, "scheduling", &nylas.AgentAccountArgs{
			Email:       pulumi.String("scheduling@agents.example.com"),
			DisplayName: pulumi.String("Scheduling"),
			WorkspaceId: customerA.ID().ToIDOutput().ToStringOutput(),
			AppPassword: pulumi.String(schedulingPassword),
		})
		if err != nil {
			return err
		}
		ctx.Export("grantId", scheduling.ID())
		return nil
	})
}
