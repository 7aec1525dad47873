module nylas-environments-go

go 1.25.11

require (
	github.com/pulumi-nylas/pulumi-nylas/sdk/go v0.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.256.0
)

// Written by: pulumi package gen-sdk node_modules/pulumi-nylas/plugin/pulumi-resource-nylas --language go --local --out sdks
replace github.com/pulumi-nylas/pulumi-nylas/sdk/go => ./sdks/go
