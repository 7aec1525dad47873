import { accessFindings } from "./access";
import { accountFindings } from "./accounts";
import { dnsFindings } from "./dns";
import { policyFindings } from "./policies";
import { driftFindings, guardFindings, renameFindings, restFindings } from "./rest";
import { type Finding, type Review } from "./review";
import { takeOverFindings } from "./takeOvers";
import { ruleFindings } from "./rules";
import { unknownFindings } from "./understood";
import { workspaceFindings } from "./workspaces";

/** All that a change does. The last parts tell what the first ones have left out. */
export function findingsOf(review: Review): Finding[] {
  return [
    ...renameFindings(review),
    ...accountFindings(review),
    ...takeOverFindings(review),
    ...workspaceFindings(review),
    ...policyFindings(review),
    ...ruleFindings(review),
    ...dnsFindings(review),
    ...accessFindings(review),
    ...guardFindings(review),
    ...unknownFindings(review),
    ...driftFindings(review),
    ...restFindings(review),
  ];
}
