import pulumi
import pulumi_nylas as nylas

scheduling = nylas.AgentAccount("scheduling", email="scheduling@agents.example.com")
works = nylas.SmokeTest("works",
    accounts=[scheduling.id],
    sender=scheduling.id)
