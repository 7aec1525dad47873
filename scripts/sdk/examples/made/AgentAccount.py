import pulumi
import pulumi_nylas as nylas

config = pulumi.Config()
scheduling_password = config.require("schedulingPassword")
customer_a = nylas.Workspace("customerA", name="Customer A")
scheduling = nylas.AgentAccount("scheduling",
    email="scheduling@agents.example.com",
    display_name="Scheduling",
    workspace_id=customer_a.id,
    app_password=scheduling_password)
pulumi.export("grantId", scheduling.id)
