import type { Annotation } from "./outcome.ts";
import { oneLine, visible } from "./visible.ts";

/** What the runner shows of a run; nothing that goes through here can become a workflow command of its own. */
export type Log = {
  /** Plain text, as many lines as it has. */
  readonly info: (text: string) => void;
  /** Plain text that is folded away under a title. */
  readonly group: (title: string, text: string) => void;
  /** One remark on the run's page that is neither good nor bad. */
  readonly notice: (message: string) => void;
  readonly warning: (message: string) => void;
  readonly error: (message: string) => void;
  /** One remark beside the code. */
  readonly annotate: (annotation: Annotation) => void;
};

type Command = "notice" | "warning" | "error";

/** A log over `print`, which takes whole lines with their newline. */
export function openLog(print: (line: string) => void): Log {
  const info = (text: string): void => {
    for (const line of text.split(/\r\n|\n/)) print(`${safeLine(line)}\n`);
  };
  const remark = (command: Command) => (message: string) => print(`${commandLine(command, message, [])}\n`);
  return {
    info,
    group: (title, text) => {
      print(`::group::${escapeData(oneLine(title))}\n`);
      info(text);
      print("::endgroup::\n");
    },
    notice: remark("notice"),
    warning: remark("warning"),
    error: remark("error"),
    annotate: (annotation) => print(`${annotationLine(annotation)}\n`),
  };
}

/**
 * One line that the runner takes for text: no command at its start, whatever blanks stand before, no command of
 * the old form (`##[`) anywhere, no lone carriage return or other control character.
 */
export function safeLine(line: string): string {
  return visible(line)
    .replace(/^(\s*):/, (start, blanks: string) => (line.trimStart().startsWith("::") ? `${blanks}\\u003a` : start))
    .replaceAll("##[", "##\\u005b");
}

function annotationLine(annotation: Annotation): string {
  const { severity, title, message, file, line } = annotation;
  const properties: [string, string][] = [];
  // A path that has to be shown escaped would name another file.
  if (file !== undefined && visible(file) === file) {
    properties.push(["file", file]);
    if (line > 0) properties.push(["line", String(line)]);
  }
  properties.push(["title", oneLine(title, 200)]);
  return commandLine(severity, message, properties);
}

function commandLine(command: Command, message: string, properties: readonly [string, string][]): string {
  const list = properties.map(([name, value]) => `${name}=${escapeProperty(value)}`).join(",");
  return `::${command}${list === "" ? "" : ` ${list}`}::${escapeData(oneLine(message, 1500))}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll("##[", "##\\u005b");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
