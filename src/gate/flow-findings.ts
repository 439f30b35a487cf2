import type { Block, Cause, Witness } from "../diff/flow-diff.ts";
import type { Severity } from "../errors.ts";
import type { End, Peer } from "../model/peer.ts";
import { ALL_ADDRESSES } from "../sets/addresses.ts";
import { type Conn, intersect, NONE, union } from "../sets/conn.ts";
import { type Cut, type CutInput, cut, type Objection } from "./cut.ts";
import { addressesOf } from "./ends.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { joinersOf } from "./joiners.ts";
import { speaksOf } from "./matching.ts";
import { identity, identityOf } from "./peer-view.ts";
import type { Clause, Exception, Rule } from "./rule.ts";
import { type Case, exceptionOn, finding, type Scene } from "./scene.ts";
import type { Wanted, WantedEnd } from "./standing.ts";
import { code, flowSentence, listPeers, openedBy } from "./words.ts";

type Explain = (block: Block) => { readonly causes: readonly Cause[]; readonly witness: Witness | undefined };

/**
 * What one rule objects to among flows: what the change opens, or, for `violate`, what head allows. Flows of who joined
 * `allowed` and of subjects that left the reach of policies stand in findings of their own.
 */
export function flowFindings(one: Case, scene: Scene, absolute: boolean): readonly Finding[] {
  const input = cutInput(one, scene);
  const cuts = absolute ? violations(input, scene) : openings(input, scene);
  const explain: Explain = absolute ? scene.standing.explain : scene.diff.explain;
  const tell = { one, scene, absolute, explain };
  return [
    ...widened(cuts, tell),
    ...ungoverned(cuts, tell),
    ...(["joined", "arrived"] as const).flatMap((objection) => joined(objection, cuts, tell)),
  ];
}

/** What `cut` needs to know of one rule. */
export function cutInput({ rule, active, ungoverned }: Case, scene: Scene): CutInput {
  const marked = new Set<Peer>(ungoverned.map(({ subject }) => subject.peer));
  return { rule, exceptions: active, views: scene.views, marked };
}

function openings(input: CutInput, scene: Scene): readonly Cut[] {
  return scene.diff.judged.filter((block) => !block.selfOnly).flatMap((block) => cut(block, widening(block), input));
}

/** A restriction above layer 4 that went or became another one may open anything on the ports that stay open. */
function widening(block: Block): Conn {
  if (block.narrowed !== "opened" && block.narrowed !== "changed") return block.opened;
  return union(block.opened, intersect(block.base, block.head));
}

function violations(input: CutInput, scene: Scene): readonly Cut[] {
  return scene.standing.blocks(wantedBy(input.rule, scene)).flatMap((block) => cut(block, block.head, input));
}

/** The ends that a clause speaks of. */
export function wantedBy(clause: Pick<Clause, "from" | "to">, scene: Scene): Wanted {
  const end = (selector: Clause["from"]): WantedEnd => ({
    peers: (peer) => selector === undefined || speaksOf(selector, scene.views(peer)),
    addresses: addressesOf(selector),
  });
  return { src: end(clause.from), dst: end(clause.to) };
}

type Tell = { readonly one: Case; readonly scene: Scene; readonly absolute: boolean; readonly explain: Explain };

/** Cuts of one objection, by the exception that covers them; what none covers comes first. */
function byException(
  cuts: readonly Cut[],
  objection: Objection,
): readonly (readonly [Exception | undefined, Block[]])[] {
  const groups = new Map<Exception | undefined, Block[]>();
  for (const each of cuts) {
    if (each.objection !== objection) continue;
    const blocks = groups.get(each.exception);
    if (blocks === undefined) groups.set(each.exception, [each.block]);
    else blocks.push(each.block);
  }
  return [...groups].sort(([a], [b]) => Number(a !== undefined) - Number(b !== undefined));
}

function widened(cuts: readonly Cut[], { one, scene, absolute, explain }: Tell): readonly Finding[] {
  const kind: FindingKind = absolute ? "violated" : "widened";
  return byException(cuts, "widened").map(([exception, blocks]) =>
    finding(one.rule, {
      kind,
      severity: one.rule.severity,
      message: flowSentence(blocks, verb(absolute), scene.words),
      blocks,
      why: explainFirst(blocks, explain),
      allowedBefore: absolute ? "" : allowedBefore(one.rule, blocks, scene),
      exception,
    }),
  );
}

function verb(absolute: boolean): string {
  return absolute ? "may connect to" : "may now connect to";
}

function explainFirst(blocks: readonly Block[], explain: Explain): ReturnType<Explain> {
  const first = blocks[0];
  return first === undefined ? { causes: [], witness: undefined } : explain(first);
}

function ungoverned(cuts: readonly Cut[], { one, scene, absolute, explain }: Tell): readonly Finding[] {
  const first = one.ungoverned[0];
  if (first === undefined) return [];
  const groups = byException(cuts, "ungoverned");
  const blocks = groups.flatMap(([exception, own]) => (exception === undefined ? own : []));
  const peers = one.ungoverned.map(({ subject }) => subject.peer);
  const side: "from" | "to" = one.rule.to === undefined ? "from" : "to";
  const sentence = `${code(listPeers(peers))} ${first.why}, where no policy governs ${peers.length === 1 ? "it" : "them"}`;
  const flows = blocks.length === 0 ? "" : `; ${flowSentence(blocks, verb(absolute), scene.words)}`;
  const excepted = groups.flatMap(([exception, own]) => (exception === undefined ? [] : [{ exception, own }]));
  const about = { side, peers } as const;
  const at = first.subject.peer.head?.source;
  const shared = { kind: "ungoverned", severity: one.rule.severity, at, about } as const;
  return [
    finding(one.rule, {
      ...shared,
      message: sentence + flows,
      blocks,
      why: explainFirst(blocks, explain),
      exception: blocks.length > 0 ? undefined : exceptionOn(about, one.active, scene.views),
    }),
    ...excepted.map(({ exception, own }) =>
      finding(one.rule, { ...shared, message: flowSentence(own, verb(absolute), scene.words), blocks: own, exception }),
    ),
  ];
}

function joined(objection: "joined" | "arrived", cuts: readonly Cut[], tell: Tell): readonly Finding[] {
  const { one, scene, absolute, explain } = tell;
  const joiners = joinersOf(one.rule, objection, scene);
  const severity = joinSeverity(one.rule, objection);
  const out: Finding[] = [];
  const told = new Set<Peer>();
  for (const [exception, blocks] of byException(cuts, objection)) {
    const sentence = flowSentence(blocks, verb(absolute), scene.words);
    const peers = joiners.filter(({ side, peer }) => blocks.some((block) => hasPeer(block[endOf(side)], peer)));
    for (const { peer } of peers) told.add(peer);
    const who = joinSentence(
      objection,
      peers.map(({ peer }) => peer),
    );
    const message = peers.length === 0 ? sentence : `${who}; ${sentence}`;
    out.push(
      finding(one.rule, {
        kind: "joined",
        severity,
        message,
        at: peers[0]?.at,
        blocks,
        why: explainFirst(blocks, explain),
        exception,
      }),
    );
  }
  const silent = joiners.filter(({ peer }) => !told.has(peer));
  const first = silent[0];
  if (first === undefined) return out;
  const peers = silent.map(({ peer }) => peer);
  const about = { side: first.side, peers };
  const exception = exceptionOn(about, one.active, scene.views);
  const message = joinSentence(objection, peers);
  return [...out, finding(one.rule, { kind: "joined", severity, message, at: first.at, about, exception })];
}

function joinSentence(objection: "joined" | "arrived", peers: readonly Peer[]): string {
  const [match, are] = peers.length === 1 ? ["comes", "is"] : ["come", "are"];
  return objection === "joined"
    ? `${code(listPeers(peers))} ${match} to match whom the rule allows`
    : `${code(listPeers(peers))} ${are} new and ${peers.length === 1 ? "matches" : "match"} whom the rule allows`;
}

function joinSeverity(rule: Rule, objection: "joined" | "arrived"): Severity {
  if (rule.join === "error" || rule.join === "warning") return rule.join;
  return objection === "joined" ? rule.severity : "warning";
}

function endOf(side: "from" | "to"): "src" | "dst" {
  return side === "from" ? "src" : "dst";
}

function hasPeer(end: End, peer: Peer): boolean {
  return end.kind === "peers" && end.peers.includes(peer);
}

/** Who could connect to the subject in base (or whom it could reach) on the ports that the blocks open, in words. */
function allowedBefore(rule: Rule, blocks: readonly Block[], scene: Scene): string {
  const [own, other] = rule.to === undefined ? (["src", "dst"] as const) : (["dst", "src"] as const);
  const subjects = new Set<Peer>();
  for (const block of blocks) if (block[own].kind === "peers") for (const peer of block[own].peers) subjects.add(peer);
  for (const peer of predecessors(subjects, scene)) subjects.add(peer);
  if (subjects.size === 0) return "";
  const mine: WantedEnd = { peers: (peer) => subjects.has(peer), addresses: addressesOf(undefined) };
  const any: WantedEnd = { peers: () => true, addresses: ALL_ADDRESSES };
  const opened = openedBy(blocks);
  const before = scene.standing.blocks(own === "dst" ? { src: any, dst: mine } : { src: mine, dst: any });
  const peers = new Set<Peer>();
  const names: string[] = [];
  for (const block of before) {
    if (intersect(block.base, opened) === NONE) continue;
    if (block[own].kind !== "peers" || !block[own].peers.some((peer) => subjects.has(peer))) continue;
    const end = block[other];
    if (end.kind === "addresses") names.push(scene.words.name(end));
    else for (const peer of end.peers) peers.add(peer);
  }
  const declared = [...peers].filter((peer) => peer.kind === "workload");
  const shown = declared.length > 0 ? declared : [...peers];
  if (shown.length > 0) names.unshift(scene.words.name({ kind: "peers", peers: shown }));
  return [...new Set(names)].map(code).join(", ");
}

/** The peers of base that subjects under a new name come from. */
function predecessors(subjects: ReadonlySet<Peer>, { diff, views }: Scene): readonly Peer[] {
  const names = new Set<string>();
  for (const peer of subjects) {
    const { origin, base } = views(peer);
    if (origin === "moved" && base?.workload !== undefined) names.add(identity(base.workload));
  }
  return names.size === 0 ? [] : diff.peers.filter((peer) => peer.kind === "workload" && names.has(identityOf(peer)));
}
