/** What a review has looked at, and what it could not see. */
import { type Resource, resourcesOf } from "./fleet";
import { type Preview } from "./preview";
import { type Step } from "./steps";
import { ReviewError } from "./errors";
import { isRecord } from "./records";
import { counted, enumerated, joined, say, some, type Markdown } from "./text";
import { type Redactor } from "./redactor";

/** The stacks beside the reviewed one. */
export interface Scope {
  /** As `project/stack`, each once. */
  stacks: string[];
  /** The resources of ours in them, and their DNS records. */
  resources: Resource[];
  /** The user's word that these and the reviewed stack are all that use the application, and that all of these were readable. */
  complete: boolean;
  /** The stacks among these that were not handed in whole, and why not. */
  partial: { stack: string | undefined; reasons: Markdown[] }[];
  /** Whether the reviewed stack's own state was handed in as well. */
  own: boolean;
  /** What waits for its delete in that state, where the preview leaves it out. */
  pending: readonly Step[];
  /** Whether something may wait for its delete that neither the preview nor a state shows. */
  pendingUnseen: boolean;
}

export const ONE_STACK: Scope = {
  stacks: [],
  resources: [],
  complete: false,
  partial: [],
  own: false,
  pending: [],
  pendingUnseen: false,
};

/** What was handed in beside the preview; the reviewed stack itself may be among it, and is not counted twice. */
export function scopeOf(preview: Preview, others: readonly Preview[], complete: boolean): Scope {
  const ownName = stackName(preview);
  const found = new Map<string, Resource[]>();
  const partial: Scope["partial"] = [];
  let own: Preview | undefined;
  for (const other of others) {
    const name = stackName(other);
    const reasons = whyPartial(other);
    if (name !== undefined && (found.has(name) || (own && name === ownName)))
      throw new ReviewError(
        `--fleet: two files are of stacks that are called ${name}. Hand in one of them; two stacks of one name in different backends cannot be reviewed together.`,
      );
    if (name !== undefined && name === ownName) {
      assertSameStack(name, preview, other);
      own = other;
      continue;
    }
    if (reasons.length > 0) partial.push({ stack: name, reasons });
    if (name === undefined) continue;
    found.set(
      name,
      resourcesOf(other, name).filter((each) => each.kind !== undefined || isRecord(each)),
    );
  }
  // What is deleted stands at the end of a preview, so one that was cut tells nothing of it.
  const ownShown = own?.showsPending === true && own.counts !== undefined && own.unreadable.length === 0;
  return {
    stacks: [...found.keys()].sort(),
    resources: [...found.values()].flat(),
    complete: complete && partial.length === 0,
    partial,
    own: own !== undefined,
    pending: preview.showsPending || !own ? [] : own.steps.filter((step) => step.old?.leftover && !step.new),
    pendingUnseen: !preview.showsPending && !(ownShown && holdsAll(own!, preview)),
  };
}

function stackName({ project, stack }: Preview): string | undefined {
  return stack === undefined ? undefined : `${project}/${stack}`;
}

/** Why a preview or a state does not show a whole stack. */
export function whyPartial({
  counts,
  showsSames,
  missing,
  messages,
  unreadable,
  mixedWith,
}: Preview): Markdown[] {
  return [
    ...(counts === undefined ? [say`it did not come to its end`] : []),
    ...(messages.some(({ severity }) => severity === "error") ? [say`it ended with an error`] : []),
    ...(showsSames ? [] : [say`it does not list everything that stays as it is (\`--show-sames\`)`]),
    ...(missing > 0 ? [say`it does not list ${counted(missing, say`step`)} that it counts`] : []),
    ...(unreadable.length > 0 ? [say`${counted(unreadable.length, say`step`)} of it could not be read`] : []),
    ...(mixedWith.length > 0 ? [say`it holds steps of more than one stack`] : []),
  ];
}

/** The objects of a stack as they stand: what it could hold mail in, by its name in the program and its id. */
function standingIn(preview: Preview): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const each of resourcesOf(preview)) {
    const { id } = each.before ?? {};
    if (id === undefined || each.change === "leftover" || (each.kind === undefined && !isRecord(each)))
      continue;
    found.set(each.urn, (found.get(each.urn) ?? new Set()).add(id));
  }
  return found;
}

/** Whether all objects of the second stand in the first, each under the same id. */
function holdsAll(preview: Preview, other: Preview): boolean {
  const here = standingIn(preview);
  return [...standingIn(other)].every(([urn, ids]) => [...ids].every((id) => here.get(urn)?.has(id)));
}

/** Another backend or organization may have a stack with the same names, and other mailboxes in it. */
function assertSameStack(name: string, preview: Preview, other: Preview): void {
  if (holdsAll(preview, other)) return;
  throw new ReviewError(
    `--fleet: a file is of a stack that is called ${name}, as the reviewed one is, and holds objects that the preview does not have. ` +
      "If it is this stack's own state, export it again. If it is a stack of another backend or organization, rename one of the two: they cannot be reviewed together.",
  );
}

/** The first sentences of a review. */
export function scopeInWords(
  preview: Preview,
  own: readonly Resource[],
  scope: Scope,
  redactor: Redactor,
): Markdown {
  const { own: state, pendingUnseen } = scope;
  const seen = joined(
    [
      seenInWords(preview, own, scope, redactor),
      ...(state
        ? [
            say`One of the files handed in was taken for this stack's own: it holds the same objects under the same ids.`,
          ]
        : []),
      ...(pendingUnseen
        ? [
            say`It has not seen what waits for its delete since an earlier replacement, because a preview in JSON leaves that out. To have it looked at, run \`pulumi-nylas review --stack\`, or hand in the stack's own \`pulumi stack export\` with \`--fleet\`.`,
          ]
        : []),
    ],
    " ",
  );
  // A state tells what stood when it was written or refreshed last.
  const refreshed = preview.steps.some(({ op }) => op === "refresh") || own.length === 0;
  return refreshed
    ? seen
    : say`${seen} What others have changed since the last refresh it has not seen either; a preview with \`--refresh\` shows that.`;
}

function seenInWords(
  preview: Preview,
  own: readonly Resource[],
  { stacks, resources, complete }: Scope,
  redactor: Redactor,
): Markdown {
  const where =
    preview.stack === undefined
      ? say`the preview of a stack with nothing in it`
      : say`the preview of ${redactor.name("stack", preview.stack)} with ${contents(own)}`;
  if (stacks.length === 0) {
    return complete
      ? say`This review has seen ${where}; by your word no other stack uses the application.`
      : say`This review has seen ${where}. It has not seen other stacks of the application, or anything made by hand.`;
  }
  const names = some(
    stacks.map((name) => redactor.name("stack", name)),
    8,
  );
  const seen = say`This review has seen ${where}, and ${enumerated([
    say`${names} as handed in (${contents(resources)})`,
  ])}.`;
  return complete
    ? say`${seen} By your word these ${stacks.length + 1} stacks are all that use the application.`
    : say`${seen} It has not seen other stacks than these ${stacks.length + 1}, or anything made by hand.`;
}

function contents(all: readonly Resource[]): Markdown {
  const ours = all.filter(({ kind }) => kind !== undefined).length;
  const records = all.filter(isRecord).length;
  return enumerated([
    say`${counted(ours, say`resource`)} of Nylas`,
    ...(records > 0 ? [counted(records, say`DNS record`)] : []),
  ]);
}
