import * as pulumi from "@pulumi/pulumi";

/**
 * An output of a resource, for whatever reads into it. Where the resource has no value, it is unknown.
 *
 * The engine skips a resource that is not there yet: with `--target` or `--exclude`, and in a refresh or a destroy that runs the program. Its
 * outputs are `undefined` then and count as known, although the types say otherwise. A unit test's mocks may leave them out too.
 */
export function produced<T>(output: pulumi.Output<T>): pulumi.Output<NonNullable<T>> {
  return producedPart(output, (value) => value);
}

/** A part of an output, such as one record of five; unknown where the output has no value, or not this part. */
export function producedPart<T, U>(
  output: pulumi.Output<T>,
  part: (value: NonNullable<T>) => U | undefined,
): pulumi.Output<NonNullable<U>> {
  return output.apply((value) => {
    const read = value === undefined || value === null ? undefined : part(value as NonNullable<T>);
    return read === undefined ? pulumi.output(pulumi.unknown as unknown) : read;
  }) as pulumi.Output<NonNullable<U>>;
}

/** What an output comes to, without what it depends on; undefined while that is not known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** Two or more outputs together; unknown where one of them has no value. */
export function producedAll<T>(outputs: pulumi.Input<T>[]): pulumi.Output<T[]> {
  return pulumi.all(outputs.map((output) => produced(pulumi.output(output)))) as unknown as pulumi.Output<
    T[]
  >;
}
