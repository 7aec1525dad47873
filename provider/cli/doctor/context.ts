import { type Settings } from "../../nylas/credentials";
import { type Connection } from "../connection";
import { type Declared } from "./declared";

/** Who is examined: a connection, and what the stack declares for it. */
export interface DoctorContext extends Connection {
  declared: Declared;
  /** Where the API of a region is, where that can be said. */
  hostOf(region: "us" | "eu", settings: Settings): string | undefined;
}
