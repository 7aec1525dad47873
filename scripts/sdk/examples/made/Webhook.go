package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		events, err := nylas.NewWebhook(ctx, "events", &nylas.WebhookArgs{
			Url: pulumi.String("https://agents.example.com/nylas"),
			Triggers: pulumi.StringArray{
				pulumi.String(nylas.WebhookTriggerMessageCreated),
				pulumi.String(nylas.WebhookTriggerMessageBounced),
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("secret", events.Secret)
		return nil
	})
}
