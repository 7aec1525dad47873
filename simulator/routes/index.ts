import { type Api } from "../http/api.js";
import { applications } from "./applications.js";
import { cloudflare } from "./cloudflare.js";
import { connectors } from "./connectors.js";
import { domains } from "./domains.js";
import { folders } from "./folders.js";
import { grants } from "./grants.js";
import { iam } from "./iam.js";
import { lists } from "./lists.js";
import { messages } from "./messages.js";
import { policies } from "./policies.js";
import { route53 } from "./route53.js";
import { rules } from "./rules.js";
import { send } from "./send.js";
import { threads } from "./threads.js";
import { webhooks } from "./webhooks.js";
import { workspaces } from "./workspaces.js";

/** The route families. A new one is a file beside this and a line here. */
export const FAMILIES: ((api: Api) => void)[] = [
  applications,
  connectors,
  domains,
  folders,
  grants,
  iam,
  lists,
  messages,
  policies,
  rules,
  send,
  threads,
  webhooks,
  workspaces,
  cloudflare,
  route53,
];
