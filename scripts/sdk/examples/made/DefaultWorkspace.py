import pulumi
import pulumi_nylas as nylas

careful = nylas.Policy("careful", limits={
    "daily_sends": 50,
})
rest = nylas.DefaultWorkspace("rest", policy_id=careful.id)
