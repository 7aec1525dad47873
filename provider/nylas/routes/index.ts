// Made by `npm run generate` from the other files of this folder. Edit none but those.
import * as accounts from "./accounts";
import * as connectors from "./connectors";
import * as domains from "./domains";
import * as folders from "./folders";
import * as iam from "./iam";
import * as lists from "./lists";
import * as messages from "./messages";
import * as policies from "./policies";
import * as rules from "./rules";
import * as webhooks from "./webhooks";
import * as workspaces from "./workspaces";
import { type Sender } from "./calls";
import { CALLS_OF_ALL, type Route } from "./table";

/** The routes of every family, by the name that the API has them under. */
export function routesOf(sender: Sender) {
  return {
    ...accounts.routes(sender),
    ...connectors.routes(sender),
    ...domains.routes(sender),
    ...folders.routes(sender),
    ...iam.routes(sender),
    ...lists.routes(sender),
    ...messages.routes(sender),
    ...policies.routes(sender),
    ...rules.routes(sender),
    ...webhooks.routes(sender),
    ...workspaces.routes(sender),
  };
}

/** Every call of the provider. A test holds it to the calls in this folder, and to those that the fault campaign has seen. */
export const ROUTE_TABLE: readonly Route[] = [
  ...CALLS_OF_ALL,
  ...accounts.CALLS,
  ...connectors.CALLS,
  ...domains.CALLS,
  ...folders.CALLS,
  ...iam.CALLS,
  ...lists.CALLS,
  ...messages.CALLS,
  ...policies.CALLS,
  ...rules.CALLS,
  ...webhooks.CALLS,
  ...workspaces.CALLS,
];
