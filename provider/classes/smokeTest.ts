// Made by `npm run generate` from provider/properties/smokeTest.ts. Edit that file.
import * as pulumi from "@pulumi/pulumi";
import { optionsFor, registered } from "../hosts/dynamic/registration";
import { restoreStackDepth } from "../hosts/dynamic/stackDepth";
import { typeToken } from "../hosts/dynamic/tokens";

/** Arguments of {@link NylasSmokeTest}. */
export interface NylasSmokeTestArgs {
  /** The accounts whose mailboxes are listed, by grant id, as a set. A change of it runs the test again. */
  accounts: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The account that sends a message to itself, and has to receive it. Default: none, nothing is sent. A change runs the
   * test again. The message stays in the mailbox, which holds mail from then on: deleting it takes `forceDestroy`.
   */
  sender?: pulumi.Input<string>;
  /** Sending is paused: a test that runs now sends nothing. A change of this alone runs nothing. Default: false. */
  paused?: pulumi.Input<boolean>;
  /** Any values: when one of them changes, the test runs again. */
  rerunWhenChanged?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Another set of credentials: `"eu"` reads `nylas-eu:apiKey`. Default: `nylas:…`. */
  connection?: pulumi.Input<string>;
}

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
      typeToken("SmokeTest"),
      name,
      registered("SmokeTest", name, args, options, {
        outputs: ["accounts", "sender", "passedAt"],
        timeoutInput: "timeoutSeconds",
      }),
      optionsFor("SmokeTest", options, {}),
    );
    restoreStackDepth();
  }
}
