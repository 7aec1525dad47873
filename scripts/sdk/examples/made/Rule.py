import pulumi
import pulumi_nylas as nylas

blocked = nylas.List("blocked",
    type=nylas.ListType.DOMAIN,
    items=["spam.example"])
spam = nylas.Rule("spam",
    conditions=[{
        "field": nylas.RuleField.FROM_DOMAIN,
        "in_list": [blocked.id],
    }],
    actions=["block"])
