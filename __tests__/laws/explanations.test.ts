import fc from "fast-check";
import { describe, it } from "vitest";
import { type ExplainedPart, explainFlow } from "../../src/diff/explanation.ts";
import { endpointOf, universe } from "../../src/engine/universe.ts";
import type { Endpoint } from "../../src/model/endpoint.ts";
import { possible } from "../../src/model/policy.ts";
import { type Conn, EVERYTHING, intersect, NONE, union } from "../../src/sets/conn.ts";
import { clusters } from "./clusters.ts";
import { edited } from "./edits.ts";
import { EVERY, OPTIONS } from "./flows.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

describe.each(EVERY)("%s", { timeout: TIMEOUT_MS }, (_, features) => {
  it("explain's parts are all there is, do not overlap, and say what the engine says", () => {
    fc.assert(
      fc.property(edited(features, clusters(features)), ([base, head]) => {
        const space = universe(base, head, { ...OPTIONS, limit: 8 });
        for (const src of space.peers) {
          for (const dst of space.peers) {
            const ends = (side: "base" | "head") => ({ src: endpointOf(src, side), dst: endpointOf(dst, side) });
            const parts = explainFlow({
              head,
              headEnds: ends("head"),
              base,
              baseEnds: ends("base"),
              universe: space.conns,
            });
            const what = `${src.text} => ${dst.text}`;
            cover(parts, wholeOf([ends("base").dst, ends("head").dst], space.conns), what);
            for (const side of ["base", "head"] as const) {
              const { view } = space.whole();
              const [from, into] = [view(src, side), view(dst, side)];
              const said = join(parts.filter((part) => part[side]?.allowed === true));
              const engine = intersect(space.whole().reach.conn(from, into), space.conns);
              if (said !== engine) throw new Error(`${what} in ${side}: explained otherwise than answered`);
            }
          }
        }
      }),
      runs(1 / 2),
    );
  });

  it("every blocked part has a remedy, and no allowed one", () => {
    fc.assert(
      fc.property(clusters(features), (head) => {
        const space = universe(head, head, { ...OPTIONS, representatives: false });
        for (const src of space.peers) {
          for (const dst of space.peers) {
            const headEnds = { src: endpointOf(src, "head"), dst: endpointOf(dst, "head") };
            for (const part of explainFlow({
              head,
              headEnds,
              base: undefined,
              baseEnds: headEnds,
              universe: space.conns,
            })) {
              if (part.head.allowed !== (part.fix === "")) throw new Error(`${src.text} => ${dst.text}: ${part.fix}`);
            }
          }
        }
      }),
      runs(1 / 2),
    );
  });
});

function wholeOf(targets: readonly (Endpoint | undefined)[], universe: Conn): Conn {
  const there = targets.filter((target) => target !== undefined);
  return there.map((target) => intersect(possible(EVERYTHING, target), universe)).reduce(intersect, universe);
}

function cover(parts: readonly ExplainedPart[], whole: Conn, what: string): void {
  let seen: Conn = NONE;
  for (const { conn } of parts) {
    if (intersect(seen, conn) !== NONE) throw new Error(`${what}: two parts speak of one connection`);
    seen = union(seen, conn);
  }
  if (seen !== whole) throw new Error(`${what}: some connection is in no part`);
}

function join(parts: readonly ExplainedPart[]): Conn {
  return parts.map(({ conn }) => conn).reduce(union, NONE);
}
