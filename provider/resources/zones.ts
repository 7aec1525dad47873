import { visible } from "../shown";
import { type RecordSlots } from "../dns/layout";
import { misplaced } from "../dns/place";
import { normaliseName } from "../dns/records";
import { UserError } from "../lifecycle/failure";
import { type Failure } from "../lifecycle/fields";
import { holdsUnknown } from "../lifecycle/unknown";

/** Why the records cannot be published where the program says; nothing while that is not known. */
export function placeProblems({ publishedAt }: { publishedAt?: string }): Failure[] {
  if (publishedAt === undefined || holdsUnknown(publishedAt)) return [];
  const reason = misplaced(publishedAt);
  return reason === undefined ? [] : [{ property: "publishedAt", reason }];
}

/** Throws where the DNS vendor has the records under other names than the declared ones: no wait would end well then. */
export function assertRightZone({
  domainName,
  records,
  answeredNames,
}: {
  domainName: string;
  records: Partial<RecordSlots>;
  answeredNames?: readonly string[];
}): void {
  const declared = new Set(Object.values(records).map(({ name }) => normaliseName(name)));
  const answered = new Set((answeredNames ?? []).map(normaliseName));
  const strays = [...answered].filter((name) => !declared.has(name));
  const [stray] = strays;
  if (stray === undefined) return;
  const meant = [...declared].find((name) => stray.startsWith(`${name}.`));
  const zone = meant === undefined ? undefined : stray.slice(meant.length + 1);
  throw new UserError(
    `The DNS records of ${domainName} are in the wrong zone: they stand as ${strays.map((each) => visible(each)).join(", ")}. ` +
      `${zone === undefined ? "zoneId is the id of another zone" : `zoneId is the id of the zone ${visible(zone)}`}. ` +
      `Give the DNS adapter the id of the zone that holds ${domainName}, and zoneName beside it: a preview then refuses a zone that does not. ` +
      `The next pulumi up moves the records.`,
  );
}
