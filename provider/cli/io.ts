/** What the command line reads and writes. */
export interface Io {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout(text: string): void;
  stderr(text: string): void;
  environment: NodeJS.ProcessEnv;
}

/** Something a person has to put right; said as it is, without a stack. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
