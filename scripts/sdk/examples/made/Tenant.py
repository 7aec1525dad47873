import pulumi
import pulumi_nylas as nylas

customer_a = nylas.Tenant("customerA",
    domain_name="agents.customer-a.com",
    dns={
        "route53": {
            "zone_id": "Z1D633PJN98FT9",
            "zone_name": "customer-a.com",
        },
    },
    policy={
        "limits": {
            "daily_sends": 50,
        },
    },
    accounts={
        "scheduling": {
            "display_name": "Scheduling",
        },
        "billing": {
            "display_name": "Billing",
        },
    })
pulumi.export("grantIds", customer_a.grant_ids)
