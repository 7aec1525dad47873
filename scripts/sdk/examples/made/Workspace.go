package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		careful, err := nylas.NewPolicy(ctx, "careful", &nylas.PolicyArgs{
			Limits: &nylas.PolicyLimitsArgs{
				DailySends: pulumi.Any(50),
			},
		})
		if err != nil {
			return err
		}
		_, err = nylas.NewWorkspace(ctx, "customerA", &nylas.WorkspaceArgs{
			Name:     pulumi.String("Customer A"),
			PolicyId: careful.ID().ToIDOutput().ToStringOutput(),
		})
		if err != nil {
			return err
		}
		return nil
	})
}
