import { createHash } from "node:crypto";
import { type Settings } from "../nylas/credentials";
import { type Session } from "./session";

/** What a set of credentials leads to. Two connections with equal credentials have one and the same. */
export interface Side {
  /** The connection by which this process came to it first. */
  readonly connection: string;
}

/** An organization owns domains, principals and keys; an application everything else. */
export interface Sides {
  readonly application: Side;
  readonly organization: Side;
}

/** The sides that this process knows. Equal keys tell it without a call; two keys of one application are two here, and ids are compared besides. */
export class KnownSides {
  readonly #sides = new Map<string, Side>();

  of(settings: Settings): Sides {
    const { apiUrl, region, apiKey, organizationKey, serviceAccount } = settings;
    const organization = serviceAccount?.organizationId ?? organizationKey?.reveal();
    return {
      application: this.#side(["application", apiUrl, apiKey?.reveal()], settings),
      organization: this.#side(["organization", apiUrl, region, organization], settings),
    };
  }

  #side(parts: unknown[], { connection }: Settings): Side {
    const key = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
    const side = this.#sides.get(key) ?? { connection: connection ?? "" };
    this.#sides.set(key, side);
    return side;
  }
}

/** Stands for the application in what this process remembers of it. */
export function applicationOf(session: Session): object {
  return session.sides?.application ?? session;
}

/** Stands for the organization. */
export function organizationOf(session: Session): object {
  return session.sides?.organization ?? session;
}
