import pulumi
import pulumi_nylas as nylas

domain = nylas.Domain("domain", domain_name="agents.example.com")
records = nylas.DomainRecords("records",
    domain_id=domain.id,
    domain_name="agents.example.com")
verification = nylas.DomainVerification("verification",
    domain_id=domain.id,
    domain_name="agents.example.com",
    records=records.records)
pulumi.export("status", verification.status)
