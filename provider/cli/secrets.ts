/** Keys in the environment, which a message of somebody else might repeat. */
export function secretsOf(environment: NodeJS.ProcessEnv): string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined &&
    value.length >= 8 &&
    /(KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|SERVICE_ACCOUNT)$/i.test(name)
      ? [value]
      : [],
  );
}
