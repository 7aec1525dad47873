// Made by `npm run generate` from provider/properties/smokeTest.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { restoreStackDepth } from "../../hosts/dynamic/stackDepth";
import { nativeToken } from "../../hosts/dynamic/tokens";
import { optionsFor, registered } from "../../hosts/native/registration";
import { type NylasSmokeTestArgs } from "../smokeTest";

/**
 * The last step of a set-up: that mailboxes can be listed through the API, and (with `sender`) that a message is sent
 * and arrives. It runs when it is made and when its arguments change, and is recorded as passed; another `up` runs
 * nothing. One that fails ends the `up` with an error, undoes nothing, and runs again in the next. Deleting it only
 * forgets it.
 *
 * It waits two minutes for the message; `customTimeouts: { create: "5m" }` sets another limit.
 *
 * API: [Messages](https://developer.nylas.com/docs/reference/api/messages/).
 */
export class NylasSmokeTest extends pulumi.CustomResource {
  readonly accounts!: pulumi.Output<string[]>;
  readonly sender!: pulumi.Output<string | undefined>;
  /** When it passed, as in RFC 3339. */
  readonly passedAt!: pulumi.Output<string>;

  constructor(name: string, args: NylasSmokeTestArgs, options?: pulumi.CustomResourceOptions) {
    super(
      nativeToken("SmokeTest"),
      name,
      registered("SmokeTest", name, args, options, { outputs: ["accounts", "sender", "passedAt"] }),
      optionsFor("SmokeTest", options, {}),
    );
    restoreStackDepth();
  }
}
