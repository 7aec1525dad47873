import pulumi
import pulumi_nylas as nylas

agents = nylas.AgentDomain("agents",
    domain_name="agents.example.com",
    dns={
        "cloudflare": {
            "zone_id": "023e105f4ecef8ad9ca31a8372d0c353",
            "zone_name": "example.com",
        },
    },
    addresses_for=["scheduling"])
scheduling = nylas.AgentAccount("scheduling",
    email=agents.addresses["scheduling"],
    display_name="Scheduling")
