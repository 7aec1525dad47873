package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		blocked, err := nylas.NewList(ctx, "blocked", &nylas.ListArgs{
			Type: nylas.ListTypeDomain,
			Items: pulumi.StringArray{
				pulumi.String("spam.example"),
			},
		})
		if err != nil {
			return err
		}
		_, err = nylas.NewRule(ctx, "spam", &nylas.RuleArgs{
			Conditions: nylas.RuleConditionArray{
				&nylas.RuleConditionArgs{
					Field: nylas.RuleFieldFromDomain,
					InList: pulumi.StringArray{
						blocked.ID().ToIDOutput().ToStringOutput(),
					},
				},
			},
			Actions: pulumi.Array{
				pulumi.Any("block"),
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
