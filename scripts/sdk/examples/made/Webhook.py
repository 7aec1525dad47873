import pulumi
import pulumi_nylas as nylas

events = nylas.Webhook("events",
    url="https://agents.example.com/nylas",
    triggers=[
        nylas.WebhookTrigger.MESSAGE_CREATED,
        nylas.WebhookTrigger.MESSAGE_BOUNCED,
    ])
pulumi.export("secret", events.secret)
