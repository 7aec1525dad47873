/** What a route says of itself, and what its handler gets. */
import { type Application, type Grant, type Organization } from "../model/objects.js";
import { type Store } from "../model/store.js";
import { type Settings } from "../settings/settings.js";
import { type ApiError, type Dialect } from "./errors.js";

/** What a route's handler gets. */
export interface Call {
  store: Store;
  /** The application of the key; only on routes that take an application key. */
  application: Application;
  /** The organization of the key. */
  organization: Organization;
  params: Record<string, string>;
  query: Record<string, string | undefined>;
  /** Headers by their lower-case names. */
  headers: Record<string, string | string[] | undefined>;
  /** Whether the key's binding takes in an account; always true for an application key. */
  reaches: (grant: Grant) => boolean;
  /** The parsed JSON body, `{}` where none was sent. */
  body: unknown;
  /** "METHOD /path", for the ledger of lost mail. */
  cause: string;
}

export interface RouteOptions {
  /** Which key opens the route. */
  key: "application" | "organization" | "serviceAccount" | "cloudflare" | "aws" | "none";
  /** What it acts on. An IAM key needs `<resource>.<action>`; without a resource no IAM key opens the route. */
  resource?: string;
  /** Default by the method: read, create, update or delete. */
  action?: string;
  /** What an IAM key needs instead, all of it. */
  permissions?: string[];
  /** Whether it is about accounts, so that keys bound to a workspace or a grant open it for theirs. */
  ofGrants?: true;
  /** Whether the route is there under these settings; default always. */
  there?: (settings: Settings) => boolean;
  /** Whether a POST may come without a body and without a content type. */
  bodyOptional?: true;
  /** "query" is a POST that changes nothing the caller declared (info, verify). Default: by the method. */
  effect?: "read" | "write" | "query";
  /** Shape of unspecific errors. Default "standard". */
  dialect?: Dialect;
  /** What a wrong key gets, where it differs from the usual. */
  wrongKey?: ApiError;
  /** Reads and writes the bodies of an API that does not speak JSON. */
  codec?: Codec;
}

export interface Codec {
  contentType: string;
  read(bytes: Buffer): unknown;
  write(body: object, requestId: string): string;
  error(error: ApiError, requestId: string): string;
}
