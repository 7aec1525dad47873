/** Texts of the tables for readers of any language. They name a property by a reference, which each language spells its own way. */
import { type PackageSpec } from "./types";
import { token } from "./shapes";

/** What speaks TypeScript and is no name, in words for everybody. */
const WORDS: Record<string, string> = {
  'domain.mailbox("scheduling")': "an address made with {@link AgentDomain.domainName}",
  '{ ownership: "_nylas" }': "{@link HostOverrides.ownership} = `_nylas`",
  '{ mx: "372e67954025e0ba6aaa6d586b9e0b59" }': "{@link RecordIds.mx} = `372e67954025e0ba6aaa6d586b9e0b59`",
  'customTimeouts: { create: "30m" }': "`30m` as the create time-out in the option `customTimeouts`",
  'customTimeouts: { create: "5m" }': "`5m` as the create time-out in the option `customTimeouts`",
};

/** Names that stand in texts of kinds that have no such property: the one that is meant. */
const MEANT: Record<string, string> = {
  forceDestroy: "AgentAccount.forceDestroy",
  ruleIds: "Workspace.ruleIds",
  assignToFolder: "RuleFolderStep.assignToFolder",
  inList: "RuleCondition.inList",
  nameSuffix: "CloudflareDns.nameSuffix",
  "trial.retire": "TenantTrial.retire",
  dailySends: "PolicyLimits.dailySends",
  zoneFile: "Dns.zoneFile",
  dnsInstructions: "AgentDomain.dnsInstructions",
  grantIds: "Tenant.grantIds",
  accountsOn: "Tenant.accountsOn",
};

/** Words of the engine, of the API and of the configuration, spelled alike everywhere. */
const ALIKE = new Set(["customTimeouts", "dependsOn"]);

/**
 * A text as a description.
 *
 * @param place the lists of properties that a bare name is looked for in, as JSON pointers, the nearest first
 */
export function description(spec: PackageSpec, text: string, place: string): string {
  // How the API calls a thing is no name of ours.
  const [ours, api] = split(text);
  const worded = ours.replace(/`([^`]+)`/g, (span, code: string) => WORDS[code] ?? span);
  const linked = worded
    .replace(/\{@link ([\w.]+)\}(s\b)?/g, (_, name: string) => reference(linkTo(spec, name)))
    .replace(/`([^`]+)`/g, (span, code: string) => named(spec, span, code, place));
  const said = linked.replace(/\bundefined\b/g, "not set").replace(/\bUndefined\b/g, "Not set");
  const plain = said.replace(/\{\{%[^%]*%\}\}/g, "");
  for (const [span, code] of plain.matchAll(/`([^`]+)`/g))
    if (/[({]|=>|\bnew /.test(code!.replace(/\{id\}/g, "")) || /\{@link/.test(span))
      throw new Error(`${span} speaks TypeScript. Say it in WORDS of scripts/generate/schema/texts.ts.`);
  return said + api;
}

function split(text: string): [string, string] {
  const at = text.search(/(^| )API: /);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at)];
}

/** A code span: a property, a property with its value, a class, or code as it is. */
function named(spec: PackageSpec, span: string, code: string, place: string): string {
  const whole = pointerTo(spec, code, place);
  if (whole !== undefined) return reference(whole);
  const [, name, value] = /^(\w+): (.+)$/.exec(code) ?? [];
  const pointer = name === undefined ? undefined : pointerTo(spec, name, place);
  return pointer === undefined ? span : `${reference(pointer)} = \`${value!}\``;
}

function pointerTo(spec: PackageSpec, name: string, place: string): string | undefined {
  if (ALIKE.has(name)) return undefined;
  for (const list of place.split(" ")) if (has(spec, `${list}/${name}`)) return `${list}/${name}`;
  const [first, second] = name.split(".") as [string, string?];
  const type = second === undefined ? undefined : typeOf(spec, pointerTo(spec, first, place));
  if (type !== undefined && has(spec, `${type}/properties/${second!}`))
    return `${type}/properties/${second!}`;
  if (/^[A-Z]/.test(first) && known(spec, first) !== undefined) return linkTo(spec, name);
  return MEANT[name] === undefined ? undefined : linkTo(spec, MEANT[name]);
}

/** The type of a property that is an object. */
function typeOf(spec: PackageSpec, pointer: string | undefined): string | undefined {
  const found = pointer === undefined ? undefined : (at(spec, pointer) as { $ref?: string });
  return found?.$ref;
}

function linkTo(spec: PackageSpec, name: string): string {
  const [first, second] = name.split(".") as [string, string?];
  const whole = known(spec, first);
  if (whole === undefined) throw new Error(`{@link ${name}} is nothing of the schema.`);
  if (second === undefined) return whole;
  const lists = whole.startsWith("#/resources/") ? ["inputProperties", "properties"] : ["properties"];
  const pointer = lists.map((list) => `${whole}/${list}/${second}`).find((each) => has(spec, each));
  if (pointer === undefined) throw new Error(`{@link ${name}} is nothing of the schema.`);
  return pointer;
}

/** A resource or a type by its name, or by the name of its class. */
function known(spec: PackageSpec, name: string): string | undefined {
  for (const each of [name, name.replace(/^Nylas/, "")])
    for (const list of ["resources", "types"])
      if (has(spec, `#/${list}/${token(each)}`)) return `#/${list}/${token(each)}`;
  return undefined;
}

function has(spec: PackageSpec, pointer: string): boolean {
  return at(spec, pointer) !== undefined;
}

/** What stands at a JSON pointer. */
export function at(spec: PackageSpec, pointer: string): unknown {
  return pointer
    .slice(2)
    .split("/")
    .reduce<unknown>(
      (here, step) =>
        typeof here === "object" && here !== null && Object.hasOwn(here, step)
          ? (here as Record<string, unknown>)[step]
          : undefined,
      spec,
    );
}

function reference(pointer: string): string {
  return `{{% ref ${pointer} %}}`;
}

/** The references of a text. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(/\{\{% ref ([^ ]+) %\}\}/g)].map(([, pointer]) => pointer!);
}
