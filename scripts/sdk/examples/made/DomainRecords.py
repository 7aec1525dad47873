import pulumi
import pulumi_nylas as nylas

domain = nylas.Domain("domain", domain_name="agents.example.com")
records = nylas.DomainRecords("records",
    domain_id=domain.id,
    domain_name="agents.example.com")
pulumi.export("records", records.records)
