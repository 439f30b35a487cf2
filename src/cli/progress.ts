import type { Flags } from "./options.ts";

const QUIET_MS = 500;

/**
 * A line on standard error about what a run is doing, once it takes longer than half a second; on a terminal alone, and
 * not with `--quiet`. An empty stage takes the line away.
 */
export function progressOf(
  { quiet }: Pick<Flags, "quiet">,
  stream: Pick<NodeJS.WriteStream, "isTTY" | "write"> = process.stderr,
  now: () => number = () => performance.now(),
): (stage: string) => void {
  if (quiet === true || stream.isTTY !== true) return () => undefined;
  const started = now();
  let shown = false;
  return (stage) => {
    if (stage === "" ? !shown : now() - started < QUIET_MS) return;
    stream.write(stage === "" ? "\r\u001b[K" : `\r\u001b[Knetpol-review: ${stage} …`);
    shown = stage !== "";
  };
}
