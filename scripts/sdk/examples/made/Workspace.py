import pulumi
import pulumi_nylas as nylas

careful = nylas.Policy("careful", limits={
    "daily_sends": 50,
})
customer_a = nylas.Workspace("customerA",
    name="Customer A",
    policy_id=careful.id)
