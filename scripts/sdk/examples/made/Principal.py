import pulumi
import pulumi_nylas as nylas

customer_a = nylas.Workspace("customerA", name="Customer A")
reader = nylas.Principal("reader",
    bound_to={
        "workspace": customer_a.id,
    },
    permissions=["messages.read"])
