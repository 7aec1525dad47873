package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		customerA, err := nylas.NewWorkspace(ctx, "customerA", &nylas.WorkspaceArgs{
			Name: pulumi.String("Customer A"),
		})
		if err != nil {
			return err
		}
		reader, err := nylas.NewPrincipal(ctx, "reader", &nylas.PrincipalArgs{
			BoundTo: &nylas.BindingArgs{
				Workspace: customerA.ID().ToIDOutput().ToStringOutput(),
			},
			Permissions: pulumi.StringArray{
				pulumi.String("messages.read"),
			},
		})
		if err != nil {
			return err
		}
		key, err := nylas.NewApiKey(ctx, "key", &nylas.ApiKeyArgs{
			PrincipalId: reader.ID().ToIDOutput().ToStringOutput(),
			ExpiresAt:   pulumi.String("2027-06-30T00:00:00Z"),
		})
		if err != nil {
			return err
		}
		ctx.Export("key", key.Secret)
		return nil
	})
}
