import { readMaps } from "./documents.ts";
import { listAt, type Text, textAt } from "./fields.ts";
import { folderOf } from "./paths.ts";

/** One entry of a chart's `dependencies`. */
export type Dependency = {
  readonly name: string;
  readonly repository: string;
  readonly line: number;
  readonly file: string;
};

/** What Chart.yaml says. */
export type Chart = {
  readonly file: string;
  readonly folder: string;
  /** Empty where the file does not say. */
  readonly name: string;
  /** A library is no release of its own. */
  readonly isLibrary: boolean;
  readonly dependencies: readonly Dependency[];
  readonly faults: readonly Text[];
};

/** Reads `Chart.yaml`; `requirements` is the text of `requirements.yaml` beside it, where charts of version 1 keep the same list. */
export function readChart(file: string, text: string, requirements: string | undefined): Chart {
  const { maps, broken } = readMaps(text);
  const node = maps[0];
  const folder = folderOf(file);
  const older = requirements === undefined ? undefined : readMaps(requirements).maps[0];
  const beside = folder === "" ? "requirements.yaml" : `${folder}/requirements.yaml`;
  return {
    file,
    folder,
    name: textAt(node, "name")?.text ?? "",
    isLibrary: textAt(node, "type")?.text === "library",
    dependencies: [...dependencies(node, file), ...dependencies(older, beside)],
    faults: broken === undefined ? [] : [{ text: `is no YAML: ${broken.cause}`, line: broken.line }],
  };
}

function dependencies(node: Parameters<typeof listAt>[0], file: string): Dependency[] {
  return listAt(node, "dependencies").flatMap((item) => {
    const name = textAt(item, "name");
    if (name === undefined) return [];
    return [{ name: name.text, repository: textAt(item, "repository")?.text ?? "", line: name.line, file }];
  });
}

const PARTS = /^(?:templates|charts|crds|files)\//;

/** `path`, as seen from the folder of a chart, is read by helm when it renders. */
export function isChartPart(path: string): boolean {
  return PARTS.test(path);
}
