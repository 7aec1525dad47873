package main

import (
	"github.com/pulumi-nylas/pulumi-nylas/sdk/go/nylas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		domain, err := nylas.NewDomain(ctx, "domain", &nylas.DomainArgs{
			DomainName: pulumi.String("agents.example.com"),
		})
		if err != nil {
			return err
		}
		records, err := nylas.NewDomainRecords(ctx, "records", &nylas.DomainRecordsArgs{
			DomainId:   domain.ID().ToIDOutput().ToStringOutput(),
			DomainName: pulumi.String("agents.example.com"),
		})
		if err != nil {
			return err
		}
		verification, err := nylas.NewDomainVerification(ctx, "verification", &nylas.DomainVerificationArgs{
			DomainId:   domain.ID().ToIDOutput().ToStringOutput(),
			DomainName: pulumi.String("agents.example.com"),
			Records:    records.Records,
		})
		if err != nil {
			return err
		}
		ctx.Export("status", verification.Status)
		return nil
	})
}
