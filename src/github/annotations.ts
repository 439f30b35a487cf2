import type { Log } from "./log.ts";
import type { Annotation } from "./outcome.ts";

/** GitHub shows no more than this many annotations of one kind for a step. */
const ANNOTATIONS_OF_A_KIND = 10;

/** Writes the first ten errors and the first ten warnings, and says how many more there are. */
export function annotate(log: Log, annotations: readonly Annotation[]): void {
  const errors = annotations.filter((annotation) => annotation.severity === "error");
  const warnings = annotations.filter((annotation) => annotation.severity === "warning");
  const shown = [...errors.slice(0, ANNOTATIONS_OF_A_KIND), ...warnings.slice(0, ANNOTATIONS_OF_A_KIND)];
  for (const annotation of shown) log.annotate(annotation);
  const left = annotations.length - shown.length;
  if (left > 0) log.info(`${left} more ${left === 1 ? "remark is" : "remarks are"} in the job summary`);
}
