import type { Block } from "../diff/flow-diff.ts";
import { intersect, NONE } from "../sets/conn.ts";
import { cut } from "./cut.ts";
import type { Finding } from "./finding.ts";
import { cutInput, wantedBy } from "./flow-findings.ts";
import type { Exception } from "./rule.ts";
import { type Case, finding, type Scene } from "./scene.ts";
import { code, flowSentence } from "./words.ts";

/** One warning for each expired exception whose flows nothing else allows and that are still open. */
export function expiredFindings(one: Case, scene: Scene): readonly Finding[] {
  return one.expired.flatMap((exception) => {
    const blocks = stillOpen(one, exception, scene);
    const first = blocks[0];
    if (first === undefined) return [];
    const message = `${flowSentence(blocks, "may still connect to", scene.words)}: the exception ended on ${code(exception.until)}`;
    const why = scene.standing.explain(first);
    return [finding(one.rule, { kind: "expired", severity: "warning", message, at: exception.at, blocks, why })];
  });
}

/** The flows of base and head that this exception, were it active, would cover and that nothing else allows. */
function stillOpen(one: Case, exception: Exception, scene: Scene): readonly Block[] {
  const input = { ...cutInput(one, scene), exceptions: [...one.active, exception] };
  const standing = scene.standing.blocks(wantedBy(one.rule, scene));
  return standing.flatMap((block) =>
    cut(block, intersect(block.base, block.head), input)
      .filter((each) => each.exception === exception)
      .map((each) => each.block),
  );
}

/** The active exceptions that cover nothing that the rule would object to in head, and none of `findings`. */
export function unusedExceptions(one: Case, findings: readonly Finding[], scene: Scene): readonly Exception[] {
  const covering = one.active.filter(
    (exception) =>
      !findings.some(({ excepted }) => excepted?.until === exception.until && excepted.reason === exception.reason),
  );
  if (covering.length === 0) return [];
  const used = new Set<Exception>();
  for (const block of scene.standing.blocks(wantedBy(one.rule, scene))) {
    if (block.head === NONE) continue;
    for (const { exception } of cut(block, block.head, cutInput(one, scene)))
      if (exception !== undefined) used.add(exception);
  }
  return covering.filter((exception) => !used.has(exception));
}
