import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { tenantsFromFile } from "pulumi-nylas/tenants";

// Each stack has a file of tenants. Which file a tenant stands in is a reviewed line: nothing is spread by a formula, which would
// move mailboxes when the number of stacks changes.
const { addresses, grantIds, status } = tenantsFromFile(
  path.join(__dirname, "stacks", `${pulumi.getStack()}.yaml`),
);
export { addresses, grantIds, status };
