import pulumi
import pulumi_nylas as nylas

careful = nylas.Policy("careful",
    limits={
        "daily_sends": 50,
        "inbox_retention_days": 30,
        "spam_retention_days": 7,
    },
    spam_detection={
        "sensitivity": 1.5,
    })
