import * as pulumi from "@pulumi/pulumi";
import { SECRET_SETTINGS, type SettingName } from "../../nylas/settingNames";

/** Arguments of {@link NylasProvider}: the settings, as `nylas:…` has them in the configuration of a stack. */
export type NylasProviderArgs = { [Name in SettingName]?: pulumi.Input<SettingValue> };

type SettingValue = string | boolean | number | string[];

/**
 * Credentials of its own for the resources that name it: a second region or application. What it is given counts for it
 * alone. `NYLAS_API_KEY` and its like are for the default provider; `NYLAS_EU_API_KEY` reaches the provider `eu`.
 */
export class NylasProvider extends pulumi.ProviderResource {
  constructor(name: string, args: NylasProviderArgs = {}, options?: pulumi.ResourceOptions) {
    super("nylas", name, argumentsOf(args), options);
  }
}

/** The engine takes texts alone as arguments of a provider. */
function argumentsOf(args: NylasProviderArgs): pulumi.Inputs {
  const given = Object.entries(args).map(([name, value]) => {
    const text = pulumi
      .output(value as pulumi.Input<SettingValue>)
      .apply((known) => (typeof known === "string" ? known : JSON.stringify(known)));
    return [
      name,
      (SECRET_SETTINGS as readonly string[]).includes(name) ? pulumi.secret(text) : text,
    ] as const;
  });
  return Object.fromEntries(given);
}
