/** What this review does not understand, and so says nothing certain of. */
import { type PropertyTable } from "../core/types";
import { holdsUnknown } from "../core/unknown";
import { kindOfToken } from "../hosts/dynamic/tokens";
import { TABLES } from "../properties";
import { BINDINGS } from "../properties/principal";
import { groupsOf } from "./accounts";
import { explicitProvider } from "./credentials";
import { changed, changedProperties, type Resource } from "./fleet";
import { asObject } from "./json";
import { type Kind, KINDS } from "./kinds";
import { type Finding, type Review } from "./review";
import { isRecord, isZone, reachesAllRecords } from "./records";
import { isDeclared, notShown } from "./standing";
import { code, counted, enumerated, say, some, type Markdown } from "./text";

/** The properties that the parts of this review speak about, or that are nobody's mail. Everything else is held to be dangerous. */
export const UNDERSTOOD: Record<string, readonly string[]> = Object.fromEntries(
  Object.values(TABLES).map(({ type, properties }) => [type, reviewed(properties)]),
);

/** Words that every kind takes. Another `connection` is another application, of which nothing is known here. */
const COMMON = ["adopt", "allowMailLoss"];

/** The members of properties that are objects. */
const MEMBERS: Record<string, Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.values(TABLES).map(({ type, properties }) => [type, membersOf(properties)])),
  Principal: { boundTo: BINDINGS },
};

/** Values without which it cannot be told which object is meant. */
const NAMING: Partial<Record<Kind, readonly string[]>> = {
  AgentAccount: ["email"],
  Workspace: ["domainName"],
  Domain: ["domainName"],
  DomainRecords: ["domainName"],
  DomainVerification: ["domainName"],
};

/** The properties of a table of which the review says what a change means. */
function reviewed(properties: PropertyTable): string[] {
  return Object.entries(properties).flatMap(([name, { isReviewed }]) => (isReviewed ? [name] : []));
}

function membersOf(properties: PropertyTable): Record<string, string[]> {
  const objects = Object.entries(properties).flatMap(([name, property]) => {
    const { shape } = property.type;
    return shape.kind === "object" ? [[name, reviewed(shape.members)] as const] : [];
  });
  return Object.fromEntries(objects);
}

export function unknownFindings(review: Review): Finding[] {
  return [
    ...unreadable(review),
    ...unknownKinds(review),
    ...unknownProperties(review),
    ...unknownNames(review),
    ...unaskedProviders(review),
  ];
}

function unreadable({ preview, redactor }: Review): Finding[] {
  const { unreadable } = preview;
  if (unreadable.length === 0) return [];
  const names = unreadable.filter((urn) => urn !== "").map((urn) => redactor.name("resource", urn));
  return [
    incomplete(
      say`${counted(unreadable.length, say`step`)} of the preview could not be read${
        names.length > 0 ? say`: ${some(names)}` : say``
      }.`,
    ),
  ];
}

function unknownKinds(review: Review): Finding[] {
  const found = review.resources.filter(
    (each) =>
      each.kind === undefined &&
      isOurs(each) &&
      // It only sends a message from an account to itself.
      kindOfToken(each.type) !== "SmokeTest" &&
      each.change !== "same",
  );
  review.told(...found);
  return found.map((each) =>
    incomplete(
      say`${review.programName(each)} changes, and this review does not know resources of its kind (${code(each.type)}).`,
    ),
  );
}

/** Also of a kind that only a later version has, in whichever module. A component of the program may have a type with our name. */
function isOurs({ type, before, after }: Resource): boolean {
  return kindOfToken(type) !== undefined || (type.startsWith("nylas:") && (after ?? before)?.custom === true);
}

function unknownProperties(review: Review): Finding[] {
  const strange = review.resources.flatMap((each) => {
    const names = strangeProperties(each);
    return names.length > 0 ? [{ each, names }] : [];
  });
  return groupsOf(strange, ({ each, names }) => `${each.kind}\n${names.join()}`).map((group) => {
    const listed: Markdown = some(
      group.map(({ each }) => review.name(each)),
      8,
    );
    return incomplete(
      say`${listed}: ${enumerated(group[0]!.names.map((name) => code(name)))} ${
        group[0]!.names.length === 1 ? say`changes` : say`change`
      }, and this review does not know what that means for mail.`,
    );
  });
}

function strangeProperties(resource: Resource): string[] {
  const { kind, change, before, after } = resource;
  if (kind === undefined || !KINDS.includes(kind)) return [];
  // Another provider is another application, as another `connection` is; the engine may call that unchanged.
  const moved = before && after && explicitProvider(before) !== explicitProvider(after) ? ["provider"] : [];
  const names =
    change === "update" || change === "replace"
      ? changedProperties(resource)
      : change === "create"
        ? Object.keys(after?.inputs ?? {}).filter(isDeclared)
        : [];
  const known = [...(UNDERSTOOD[kind] ?? []), ...COMMON];
  // A new object in another application touches none of this one's.
  const own = names.filter(
    (name) => !known.includes(name) && !(change === "create" && name === "connection"),
  );
  const members = Object.entries(MEMBERS[kind] ?? {}).flatMap(([property, allowed]) => {
    if (!names.includes(property)) return [];
    const given = [before?.outputs[property], after?.inputs[property]].flatMap((value) =>
      Object.keys(asObject(value) ?? {}),
    );
    return [...new Set(given)].filter((name) => !allowed.includes(name)).map((name) => `${property}.${name}`);
  });
  // Without anything in its outputs, it cannot be told what stands.
  const empty =
    (change === "update" || change === "replace") && !Object.keys(before?.outputs ?? {}).some(isDeclared);
  return [...own, ...members, ...moved, ...(empty ? ["(nothing is recorded of it)"] : [])];
}

function unknownNames(review: Review): Finding[] {
  const open = review.resources.flatMap((each) => {
    if (each.kind === undefined || each.change !== "update") return [];
    const names = (NAMING[each.kind] ?? []).filter((name) => notShown(changed(each, name)?.to));
    return names.length > 0 ? [{ each, names }] : [];
  });
  return open.map(({ each, names }) =>
    incomplete(
      say`${review.programName(each)}: ${enumerated(names.map((name) => code(name)))} is known at the \`up\` alone, so it cannot be told which object it is from then on.`,
    ),
  );
}

/**
 * The engine does not ask a provider whose own arguments are not known yet: it compares inputs. A replacement is an update then, and what the
 * provider refuses is not seen.
 */
function unaskedProviders(review: Review): Finding[] {
  const unasked = new Set(
    review.resources
      .filter(({ type, after }) => type.startsWith(PROVIDERS) && holdsUnknown(after?.inputs))
      .map(({ urn }) => urn),
  );
  if (unasked.size === 0) return [];
  const concerns = (each: Resource) =>
    each.kind !== undefined || isRecord(each) || isZone(each) || reachesAllRecords(each);
  const blind = review.resources.filter(
    (each) => each.change === "update" && concerns(each) && unasked.has(each.after?.provider ?? ""),
  );
  return blind.length === 0
    ? []
    : [
        incomplete(
          say`The provider of ${some(
            blind.map((each) => review.name(each)),
            8,
          )} has arguments that are known at the \`up\` alone. So it was not asked what changes, and what is shown as an update may be a replacement.`,
        ),
      ];
}

const PROVIDERS = "pulumi:providers:";

function incomplete(text: Markdown): Finding {
  return { section: "loss", gates: ["incomplete", "change"], text };
}
