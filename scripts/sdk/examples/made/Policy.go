package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		_, err := nylas.NewPolicy(ctx, "careful", &nylas.PolicyArgs{
			Limits: &nylas.PolicyLimitsArgs{
				DailySends:         pulumi.Any(50),
				InboxRetentionDays: pulumi.Any(30),
				SpamRetentionDays:  pulumi.Any(7),
			},
			SpamDetection: &nylas.PolicySpamDetectionArgs{
				Sensitivity: pulumi.Float64(1.5),
			},
		})
		if err != nil {
			return err
		}
		return nil
	})
}
