/**
 * The review's own functions, each of which reads everything twice: as it is, and as the native plugin would have it. What is said and gated has to be
 * the same, whichever host serves a program.
 */
import { strict as assert } from "node:assert";
import * as map from "../../../provider/cli/map/state";
import * as previews from "../../../provider/review/preview";
import { type Preview } from "../../../provider/review/preview";
import * as reports from "../../../provider/review/report";
import { type Report, type ReportOptions } from "../../../provider/review/report";
import * as scopes from "../../../provider/review/scope";
import { type Scope } from "../../../provider/review/scope";

const twins = new WeakMap<Preview, Preview>();
const twinScopes = new WeakMap<Scope, Scope>();

export function readPreview(text: string, options?: { showsPending?: boolean }): Preview {
  const preview = previews.readPreview(text, options);
  twins.set(preview, previews.readPreview(native(text), options));
  return preview;
}

export function readFleet(text: string): Preview {
  const preview = map.readFleet(text);
  twins.set(preview, map.readFleet(native(text)));
  return preview;
}

export function scopeOf(preview: Preview, others: readonly Preview[], complete: boolean): Scope {
  const scope = scopes.scopeOf(preview, others, complete);
  twinScopes.set(scope, scopes.scopeOf(twinOf(preview), others.map(twinOf), complete));
  return scope;
}

export function report(preview: Preview, options: ReportOptions = {}): Report {
  const result = reports.report(preview, options);
  const scope = options.scope && twinScopes.get(options.scope);
  const twin = reports.report(twinOf(preview), { ...options, ...(scope && { scope }) });
  assert.deepEqual(twin.gates, result.gates, "the gates differ from those of native types");
  // The types themselves stand in the aliases that are proposed, and in the words for a kind that is not known.
  assert.equal(
    native(twin.markdown),
    native(result.markdown),
    "the report differs from that of native types",
  );
  return result;
}

function twinOf(preview: Preview): Preview {
  const twin = twins.get(preview);
  if (!twin) throw new Error("This preview was not read by the functions of this module.");
  return twin;
}

/** A preview, an export or a stream of events as it is where the native plugin serves the same resources. */
export function native(text: string): string {
  const typed = text
    .replaceAll("pulumi-nodejs:dynamic/nylas:", "nylas:index:")
    .replaceAll("pulumi-nylas:index:", "nylas:index:")
    .replaceAll("pulumi:providers:pulumi-nodejs::default", "pulumi:providers:nylas::default_1_0_0");
  const whole = parsed(typed);
  if (whole !== undefined) return JSON.stringify(served(whole));
  return typed
    .split("\n")
    .map((line) => {
      const event = parsed(line);
      return event === undefined ? line : JSON.stringify(served(event));
    })
    .join("\n");
}

/** Each state without what only dynamic resources have: the text of the provider, and the label in the inputs. */
function served(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(served);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, served(item)]));
  if (typeof fields["type"] !== "string" || !fields["type"].startsWith("nylas:index:")) return fields;
  const { inputs, outputs, urn } = fields as Record<string, object | undefined> & { urn: string };
  const [stack, project] = urn.split("::");
  const provider =
    fields["custom"] === true && fields["provider"] === undefined
      ? { provider: `${stack}::${project}::pulumi:providers:nylas::default_1_0_0::provider-id` }
      : {};
  return {
    ...fields,
    ...provider,
    ...(inputs && { inputs: without(inputs, ["__provider", "label"]) }),
    ...(outputs && { outputs: without(outputs, ["__provider"]) }),
  };
}

function without(properties: object, names: string[]): object {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

function parsed(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
