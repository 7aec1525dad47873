import pulumi
import pulumi_nylas as nylas

customer_a = nylas.Workspace("customerA", name="Customer A")
reader = nylas.Principal("reader",
    bound_to={
        "workspace": customer_a.id,
    },
    permissions=["messages.read"])
key = nylas.ApiKey("key",
    principal_id=reader.id,
    expires_at="2027-06-30T00:00:00Z")
pulumi.export("key", key.secret)
