import pulumi
import pulumi_nylas as nylas

blocked = nylas.List("blocked",
    type=nylas.ListType.DOMAIN,
    items=[
        "spam.example",
        "bulk.example",
    ])
