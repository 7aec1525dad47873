/**
 * A stand-in for the `pulumi` command, for what the command line asks of it: the configuration of a stack and its state. The real one
 * is asked in test/engine/doctor.test.ts.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export interface StandIn {
  /** The folder to put first on the PATH. */
  folder: string;
  /** Configuration of the stack; `secret(…)` marks one. */
  config: Record<string, string | { secret: string }>;
  resources: Resource[];
  /** What pulumi says instead of opening secrets, or instead of anything. */
  failure: { secrets?: string; everything?: string; preview?: string };
  /** What a preview writes to standard output. */
  preview: string | undefined;
  /** Its calls, the arguments of each in a line. */
  calls(): string[];
  /** Writes it out; to be called after a change. */
  save(): void;
  remove(): void;
}

export interface Resource {
  /** As in `Domain`, or a whole type. */
  type: string;
  name: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  parent?: Resource;
}

export function standInPulumi(): StandIn {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stand-in-pulumi-"));
  const write = (file: string, text: string | undefined) => {
    const target = path.join(folder, file);
    if (text === undefined) fs.rmSync(target, { force: true });
    else fs.writeFileSync(target, text);
  };
  fs.writeFileSync(path.join(folder, "pulumi"), SCRIPT, { mode: 0o755 });
  const standIn: StandIn = {
    folder,
    config: {},
    resources: [],
    failure: {},
    preview: undefined,
    calls() {
      const log = path.join(folder, "calls");
      return fs.existsSync(log) ? fs.readFileSync(log, "utf8").trimEnd().split("\n") : [];
    },
    save() {
      const entries = Object.entries(standIn.config);
      const shown = (open: boolean) =>
        JSON.stringify(
          Object.fromEntries(
            entries.map(([key, value]) => {
              if (typeof value === "string") return [key, { value, secret: false }];
              return [key, { ...(open ? { value: value.secret } : {}), secret: true }];
            }),
          ),
        );
      write("open.json", shown(true));
      write("closed.json", shown(false));
      write(
        "state.json",
        JSON.stringify({ version: 3, deployment: { resources: standIn.resources.map(entry) } }),
      );
      write("secrets.error", standIn.failure.secrets);
      write("preview.json", standIn.preview);
      write("preview.error", standIn.failure.preview);
      write("everything.error", standIn.failure.everything);
    },
    remove: () => fs.rmSync(folder, { recursive: true }),
  };
  standIn.save();
  return standIn;
}

const SCRIPT = `#!/bin/sh
here=\${0%/*}
fail() { /bin/cat "$1" >&2; exit 255; }
echo "$*" >> "$here/calls"
[ -f "$here/everything.error" ] && fail "$here/everything.error"
case "$*" in
  *"--stack nope"*) echo "error: no stack named 'nope' found" >&2; exit 255 ;;
  "config --json --show-secrets"*) [ -f "$here/secrets.error" ] && fail "$here/secrets.error"; /bin/cat "$here/open.json" ;;
  "config --json"*) /bin/cat "$here/closed.json" ;;
  "preview --json --show-sames"*) /bin/cat "$here/preview.json"; [ -f "$here/preview.error" ] && fail "$here/preview.error"; exit 0 ;;
  "stack export"*) /bin/cat "$here/state.json" ;;
  *) echo "error: the stand-in does not know: $*" >&2; exit 255 ;;
esac
`;

function urn({ type, name, parent }: Resource): string {
  const full = type.includes(":") ? type : `pulumi-nodejs:dynamic/nylas:${type}`;
  return `urn:pulumi:staging::project::${parent ? `${parent.type}$` : ""}${full}::${name}`;
}

function entry(resource: Resource): object {
  const { type, id, inputs, outputs, parent } = resource;
  const custom = !type.includes(":");
  return {
    urn: urn(resource),
    type: custom ? `pulumi-nodejs:dynamic/nylas:${type}` : type,
    custom,
    ...(id === undefined ? {} : { id }),
    ...(parent ? { parent: urn(parent) } : {}),
    inputs: inputs ?? {},
    outputs: { ...inputs, ...outputs },
  };
}
