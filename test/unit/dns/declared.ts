import * as pulumi from "@pulumi/pulumi";

/** Runs a program against an engine that only remembers; in a preview nothing but the inputs is known. */
export async function declared<T>(
  program: () => T,
  { preview = false, outputs = {} }: { preview?: boolean; outputs?: Record<string, object> } = {},
): Promise<{ result: T; resources: pulumi.runtime.MockResourceArgs[] }> {
  const resources: pulumi.runtime.MockResourceArgs[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        resources.push(args);
        if (preview) return { id: undefined as unknown as string, state: args.inputs };
        return { id: `${args.name}-id`, state: { ...args.inputs, ...outputs[args.type] } };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    preview,
  );
  const result = program();
  await pulumi.runtime.disconnect();
  return { result, resources };
}

/** What an output holds, and whether it is known. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<{ known: boolean; value: T }> {
  const inner = output as unknown as { isKnown: Promise<boolean>; promise(): Promise<T> };
  return { known: await inner.isKnown, value: await inner.promise() };
}
