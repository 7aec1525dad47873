package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := nylas.NewList(ctx, "blocked", &nylas.ListArgs{
			Type: nylas.ListTypeDomain,
			Items: pulumi.StringArray{
				pulumi.String("spam.example"),
				pulumi.String("bulk.example"),
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
