import { type Json } from "../model/exchange.js";
import { type ApplicationName } from "../model/lookup.js";
import { type List, type ResourceBinding } from "../model/objects.js";
import { type NewZone } from "./zones.js";

/** An object that is there without anybody having asked for it over the API. */
export type SeedObject =
  | { kind: "connector"; provider?: string; application?: ApplicationName }
  | {
      kind: "domain";
      address: string;
      name?: string;
      verified?: boolean;
      branded?: boolean;
      organization?: "first" | "second";
    }
  | {
      kind: "grant";
      email: string;
      provider?: string;
      name?: string;
      workspaceId?: string | null;
      ageSeconds?: number;
      application?: ApplicationName;
    }
  | {
      kind: "workspace";
      name: string;
      domain?: string | null;
      autoGroup?: boolean;
      policyId?: string | null;
      application?: ApplicationName;
    }
  | { kind: "policy"; name: string; limits?: Json; application?: ApplicationName }
  | {
      kind: "rule";
      name: string;
      description?: string;
      priority?: number;
      enabled?: boolean;
      trigger?: "inbound" | "outbound";
      match?: Json;
      actions?: Json[];
      application?: ApplicationName;
    }
  | {
      kind: "list";
      name: string;
      type?: List["type"];
      description?: string;
      items?: string[];
      application?: ApplicationName;
    }
  | { kind: "webhook"; url: string; triggers?: string[]; description?: string; application?: ApplicationName }
  | {
      kind: "principal";
      name: string;
      /** Default: the first application. */
      binding?: ResourceBinding;
      roles?: string[];
      permissions?: string[];
      organization?: "first" | "second";
    }
  | { kind: "credential"; principalId: string; name: string; expiresAt?: number | null }
  | { kind: "role"; id: string; permissions: string[] }
  /** An object of a shape that nobody knows: its list and its own route show it as it is. `list` is the path, such as "/v3/rules". */
  | { kind: "foreign"; list: string; object: Json }
  | { kind: "folder"; grant: string; name: string }
  | ({ kind: "zone"; name: string } & NewZone);
