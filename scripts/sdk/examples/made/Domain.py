import pulumi
import pulumi_nylas as nylas

domain = nylas.Domain("domain",
    domain_name="agents.example.com",
    name="Agents of Example")
