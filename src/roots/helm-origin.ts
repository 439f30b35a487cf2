import type { YamlMap } from "../manifest/yaml/node.ts";
import type { HelmRequest } from "../tree/render-request.ts";
import { textAt } from "./fields.ts";
import { atLine } from "./reline.ts";
import type { Origin } from "./rendered-types.ts";
import type { SourceObjects } from "./source-objects.ts";
import { helmSource, type StreamPart } from "./stream.ts";

/** The template of an object that helm wrote, and the lines of it that can be told apart. */
export function helmOrigin(
  object: YamlMap,
  {
    part,
    request,
    sources,
  }: { readonly part: StreamPart; readonly request: HelmRequest; readonly sources: SourceObjects },
): Origin {
  const file = templatePath(helmSource(part) ?? "", request);
  const template = (sources.text(file) ?? "").split("\n");
  const line = kindLine(template, textAt(object, "kind")?.text ?? "");
  const lines = part.text.split("\n");
  const places = uniqueLines(template);
  const lineOf = (rendered: number): number => places.get((lines[rendered - 1] ?? "").trim()) ?? line;
  return { node: atLine(object, lineOf), source: { file, line }, transformedBy: [], overruled: undefined };
}

/** helm names the chart by its name, the tree by its folder: `chart/templates/x.yaml` stands in the folder of the chart. */
function templatePath(source: string, request: HelmRequest): string {
  const rest = source.slice(source.indexOf("/") + 1);
  const direct = request.path === "" ? rest : `${request.path}/${rest}`;
  const names = new Set(request.files.map((file) => file.path));
  if (names.has(direct)) return direct;
  const copied = request.copies.find(({ to }) => direct.startsWith(`${to}/`));
  if (copied !== undefined) return copied.from + direct.slice(copied.to.length);
  const subchart = /\/charts\/[^/]+\/(templates\/.*)$/.exec(direct)?.[1];
  const alike = subchart === undefined ? [] : [...names].filter((name) => name.endsWith(`/${subchart}`));
  return (alike.length === 1 ? alike[0] : undefined) ?? request.at.file;
}

/** The line of `kind` where the template has one object of it; 0 where it cannot be told. */
function kindLine(template: readonly string[], kind: string): number {
  const found = template.flatMap((line, index) => (line.trim() === `kind: ${kind}` ? [index + 1] : []));
  return found.length === 1 ? (found[0] ?? 0) : 0;
}

/** Lines that stand in a template once, by their text; what holds an action is written by helm. */
function uniqueLines(template: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (const [index, line] of template.entries()) {
    const text = line.trim();
    if (text === "" || text.includes("{{")) continue;
    if (found.has(text)) twice.add(text);
    else found.set(text, index + 1);
  }
  for (const text of twice) found.delete(text);
  return found;
}
