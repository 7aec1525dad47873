/** Renames, guards that are taken off, drift, and everything else that changes: nothing is left unsaid. */
import { componentOfToken, kindOfToken } from "../hosts/dynamic/tokens";
import { groupsOf } from "./accounts";
import { changed, changedProperties, type Resource, urnParts } from "./fleet";
import { nounOf } from "./kinds";
import { type Finding, type Review } from "./review";
import { type Rename } from "./renames";
import { code, counted, enumerated, joined, say, some, type Markdown } from "./text";

export function renameFindings(review: Review): Finding[] {
  return review.renames.flatMap((rename): Finding[] => {
    const alias = aliasLine(review, rename);
    if (!rename.sure) {
      const { old, new: made } = rename.pairs[0]!;
      return [
        {
          section: "rest",
          gates: ["change"],
          text: say`${noun(made)} ${review.programName(made)} is made and ${review.programName(old)} is deleted, alike in all but the name. If it is a rename, write ${alias} into its options; if they are two customers', do not.`,
        },
      ];
    }
    review.told(...rename.pairs.flatMap(({ old, new: made }) => [old, made]), rename.at);
    const { old, new: made } = rename.pairs[0]!;
    const objects = rename.pairs.map((pair) => pair.new);
    const one = objects.length === 1;
    const listed = some(
      objects.map((each) => say`${noun(each)} ${review.name(each)}`),
      8,
    );
    const was = rename.at === made ? say` (until now ${review.programName(old)})` : say``;
    return [
      {
        section: "loss",
        gates: ["rename", "change"],
        text: joined(
          [
            say`Renamed or moved in the program without an alias: ${listed}${was}.`,
            say`To Pulumi that is a create and a delete of the same ${one ? say`object` : say`objects`};`,
            say`write ${alias} into the options of ${review.programName(rename.at)}, and nothing happens to ${
              one ? say`it` : say`them`
            }.`,
          ],
          " ",
        ),
      },
    ];
  });
}

function aliasLine({ redactor }: Review, { alias }: Rename): Markdown {
  if (!("urn" in alias)) {
    const parts = [
      ...(alias.name === undefined
        ? []
        : [`name: ${JSON.stringify(redactor.rawName("resource", alias.name))}`]),
      ...("parent" in alias ? ["parent: pulumi.rootStackResource"] : []),
    ];
    return code(`aliases: [{ ${parts.join(", ")} }]`, 200);
  }
  return redactor.redacts
    ? code(`aliases: ["<the old URN of ${redactor.rawName("resource", urnParts(alias.urn).name)}>"]`, 200)
    : code(`aliases: [${JSON.stringify(alias.urn)}]`, 400);
}

/** Words that let mail be lost later, or that stop guarding it. */
export function guardFindings(review: Review): Finding[] {
  // One that is not known yet may be true.
  const turned = (property: string) =>
    review.resources.filter((each) => {
      const to = each.kind !== undefined && each.before ? changed(each, property)?.to : undefined;
      return to !== undefined && to !== false;
    });
  const findings: Finding[] = [];
  const add = (resources: Resource[], text: (names: Markdown, one: boolean) => Markdown) => {
    if (resources.length === 0) return;
    review.told(...resources);
    findings.push({
      section: "loss",
      gates: ["unguard", "change"],
      text: text(
        some(
          resources.map((each) => say`${noun(each)} ${review.name(each)}`),
          12,
        ),
        resources.length === 1,
      ),
    });
  };
  add(
    turned("forceDestroy"),
    (names, one) =>
      say`From the next change on, ${names} may be deleted with all mail and accounts in ${
        one ? say`it` : say`them`
      }: \`forceDestroy\` is recorded.`,
  );
  add(
    review.resources.filter((each) => {
      const retired = each.kind !== undefined && each.after ? changed(each, "retired") : undefined;
      return (
        retired !== undefined && retired.from !== undefined && retired.from !== false && retired.to !== true
      );
    }),
    (names) => say`${names} may be replaced again by another address: \`retired\` is taken off.`,
  );
  add(
    turned("allowMailLoss").filter((each) => !review.allowances.has(each)),
    (names) => say`\`allowMailLoss\` is set on ${names}: a change that keeps less mail goes through there.`,
  );
  add(
    review.resources.filter(
      (each) => each.kind !== undefined && each.before?.protect === true && each.after?.protect === false,
    ),
    (names, one) =>
      say`${names} ${one ? say`is` : say`are`} no longer protected: the engine lets ${
        one ? say`it` : say`them`
      } be deleted.`,
  );
  return findings;
}

/** What a refresh found to have been changed by somebody else. */
export function driftFindings(review: Review): Finding[] {
  const drifted = review.resources.filter((each) => each.drifted);
  if (drifted.length === 0) return [];
  return [
    {
      section: "rest",
      gates: ["change"],
      text: say`Changed outside of the program since the last \`up\`: ${some(
        drifted.map((each) => say`${noun(each)} ${review.name(each)}`),
        12,
      )}.`,
    },
  ];
}

/** What no other part has said anything of. Last. */
export function restFindings(review: Review): Finding[] {
  const untold = review.resources.filter(
    (each) =>
      !review.isTold(each) && !["same", "read", "refresh"].includes(each.change) && !isOurComponent(each),
  );
  return groupsOf(
    untold,
    (each) => `${each.change}\n${each.type}\n${each.kind && changedProperties(each).join()}`,
  ).map((group) => {
    const first = group[0]!;
    const properties = changedProperties(first);
    const what =
      properties.length > 0 && first.change === "update" && first.kind
        ? say` (${enumerated(properties.slice(0, 6).map((name) => code(name)))})`
        : say``;
    const kind = typeInWords(review, first);
    const gone = first.change === "delete" || first.change === "replace" || first.change === "leftover";
    return {
      section: "rest" as const,
      gates: [
        ...(gone && first.kind ? (["delete"] as const) : []),
        ...(first.change === "replace" && first.kind ? (["replace"] as const) : []),
        "change" as const,
      ],
      text: say`${counted(group.length, say`${kind}`, say`× ${kind}`)} ${VERBS[first.change]!}${what}: ${some(
        group.map((each) => review.name(each)),
        8,
      )}.`,
    };
  });
}

/** Its parts are told one by one. */
function isOurComponent({ type }: Resource): boolean {
  return componentOfToken(type) !== undefined;
}

const VERBS: Partial<Record<Resource["change"], Markdown>> = {
  create: say`made`,
  adopt: say`taken over`,
  update: say`changed`,
  replace: say`made anew`,
  delete: say`deleted`,
  leftover: say`deleted (left over from an earlier replacement)`,
  forget: say`let go`,
};

function typeInWords(review: Review, resource: Resource): Markdown {
  if (resource.kind) return noun(resource);
  // No kind of the fleet: nothing at Nylas begins or ends with it.
  if (kindOfToken(resource.type) === "SmokeTest") return say`smoke test`;
  const custom = (resource.after ?? resource.before)?.custom === true;
  // A component's type is a word of the program's own.
  return custom || !review.redactor.redacts ? code(resource.type) : say`component`;
}

export function noun({ kind, type }: Resource): Markdown {
  if (kind !== undefined) return nounOf(kind);
  return type.includes("ecord") ? say`record` : say`resource`;
}
