import { code, count, enumerate, type Line, loose, numeral, placeOf, say, strong } from "./inline.ts";
import type { Names } from "./names.ts";
import type { ArrivalRow } from "./report.ts";

/** "**No policy selects the new `production/reports`:** any pod may connect to it …" */
export function exposedSentence(arrival: ArrivalRow, names: Names): Line {
  const name = code(names.short(arrival.workload));
  const declares = arrival.declaredPorts === "" ? [] : say` (it declares ${loose(arrival.declaredPorts)})`;
  return say`${strong(say`No policy selects the new ${name}:`)} any pod may connect to it on every port${declares}, and it may connect to anything that accepts it, the internet included.`;
}

/** "The other 11 workloads in `production` have a policy. No protected path changed; `production/db` still refuses it." */
export function neighbourSentence(arrival: ArrivalRow, names: Names, calm: boolean): Line {
  const refused = arrival.refusedBy.map((text) => names.peer(text));
  const verb = refused.length === 1 ? "refuses" : "refuse";
  const still: Line = refused.length === 0 ? [] : say`${enumerate(refused)} still ${verb} it`;
  const protectedPaths: Line = calm ? ["No protected path changed"] : [];
  const both = protectedPaths.length > 0 && still.length > 0 ? ["; "] : [];
  const end = protectedPaths.length + still.length > 0 ? ["."] : [];
  const others = othersSentence(arrival);
  const gap = others.length > 0 && end.length > 0 ? [" "] : [];
  return [...others, ...gap, ...protectedPaths, ...both, ...still, ...end];
}

function othersSentence({ others, namespace }: ArrivalRow): Line {
  const { total, governed } = others;
  if (governed === 0) return [];
  if (governed < total)
    return say`${numeral(governed)} of the other ${numeral(total)} workloads in ${code(namespace)} have a policy.`;
  if (total === 1) return say`The other workload in ${code(namespace)} has a policy.`;
  return say`The other ${count(total, "workload")} in ${code(namespace)} have a policy.`;
}

/** "To close it, add a policy beside [`reports.yaml`]." */
export function remedySentence(arrivals: readonly ArrivalRow[]): Line {
  const files = new Map(arrivals.map(({ at }) => [at.file, at]));
  const places = [...files.values()].map((at): Line => [placeOf({ file: at.file, line: 0 }, "head", "file")]);
  return say`To close ${arrivals.length === 1 ? "it" : "them"}, add a policy beside ${enumerate(places)}.`;
}

/** One line about a workload that came or went: "New: `production/reports`, no policy selects it for egress". */
export function arrivalSentence(arrival: ArrivalRow, names: Names): Line {
  const name = code(names.short(arrival.workload));
  if (arrival.successor !== "") {
    const other = code(names.short(arrival.successor));
    const [before, after] = arrival.side === "base" ? [name, other] : [other, name];
    return say`Perhaps renamed: ${before} is now ${after}`;
  }
  if (arrival.side === "base") return say`Removed: ${name}`;
  return say`New: ${name}, ${governedWords(arrival)}`;
}

function governedWords({ governed }: ArrivalRow): string {
  if (governed.ingress && governed.egress) return "selected by policies in both directions";
  if (governed.ingress) return "no policy limits what it connects to";
  if (governed.egress) return "no policy limits who connects to it";
  return "selected by no policy";
}
