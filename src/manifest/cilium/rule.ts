import { type Action, type ConnTerm, type Direction, type Rule, term } from "../../model/policy.ts";
import { ANYTHING, NOTHING } from "../../model/predicate.ts";
import { EVERYTHING } from "../../sets/conn.ts";
import { noteIssue, placeIn } from "../dialects/findings.ts";
import { checkMap, describe, type Field, fault, items, member, shape, text } from "../fields.ts";
import { readIcmps } from "./icmp.ts";
import { readPeers } from "./peers.ts";
import { type Opening, readPorts } from "./ports.ts";
import type { RuleScope } from "./scope.ts";

const COMMON = ["toPorts", "icmps"];
const ALLOW_ONLY = ["authentication"];
const FROM = ["fromEndpoints", "fromRequires", "fromCIDR", "fromCIDRSet", "fromEntities", "fromGroups", "fromNodes"];
const TO = ["toEndpoints", "toRequires", "toCIDR", "toCIDRSet", "toEntities", "toServices", "toGroups", "toNodes"];
const SLIPS = { ports: "perhaps `toPorts`", from: "perhaps `fromEndpoints`", to: "perhaps `toEndpoints`" };
const SHAPES = {
  ingress: {
    allow: shape("an ingress rule", [...COMMON, ...ALLOW_ONLY, ...FROM], SLIPS),
    deny: shape("an ingressDeny rule", [...COMMON, ...FROM], SLIPS),
  },
  egress: {
    allow: shape("an egress rule", [...COMMON, ...ALLOW_ONLY, ...TO, "toFQDNs"], SLIPS),
    deny: shape("an egressDeny rule", [...COMMON, ...TO], { ...SLIPS, toFQDNs: "names can only be allowed" }),
  },
} as const;
const AUTHENTICATION = shape("authentication", ["mode"]);

/** Where a rule stands: its direction, what it does, and the path of its list in the object. */
export type RulePlace = {
  readonly direction: Direction;
  readonly action: Extract<Action, "allow" | "deny">;
  readonly path: string;
};

/** The rules of the list at `field`: one for each entry of `toPorts`. */
export function readRules(field: Field, place: RulePlace, scope: RuleScope): readonly Rule[] {
  return items(field).flatMap((item, i) => readRule(item, { ...place, path: `${place.path}[${i}]` }, scope));
}

function readRule(field: Field, place: RulePlace, scope: RuleScope): readonly Rule[] {
  const { direction, action } = place;
  if (!checkMap(field, SHAPES[direction][action])) {
    fault(field, `must be a rule, not ${field.node === undefined ? "nothing" : describe(field.node)}`);
  }
  const peers = readPeers(field, { direction, action }, scope);
  const toPorts = readPorts(member(field, "toPorts"), { direction, deny: action === "deny" });
  const icmps = readIcmps(member(field, "icmps"));
  if (toPorts !== undefined && icmps !== undefined) {
    fault(member(field, "icmps"), "cannot stand beside `toPorts`; write a rule of its own");
  }
  noteAuthentication(member(field, "authentication"), scope);
  const openings = openingsOf(toPorts, icmps);
  const peer = peers ?? (openings === undefined ? NOTHING : ANYTHING);
  const source = placeIn(scope.object, field.line);
  return (openings ?? [{ conn: term(EVERYTHING), narrowed: undefined }]).map(({ conn, narrowed }) => ({
    action,
    peer,
    conn,
    ...(narrowed === undefined ? {} : { narrowed }),
    source,
    path: place.path,
  }));
}

/** What the rule opens at layer 4; `undefined` where it says nothing about it. */
function openingsOf(
  toPorts: readonly Opening[] | undefined,
  icmps: ConnTerm | undefined,
): readonly Opening[] | undefined {
  if (toPorts === undefined && icmps === undefined) return undefined;
  return [...(toPorts ?? []), ...(icmps === undefined ? [] : [{ conn: icmps, narrowed: undefined }])];
}

function noteAuthentication(field: Field, scope: RuleScope): void {
  if (!checkMap(field, AUTHENTICATION)) return;
  const modeField = member(field, "mode");
  const mode = text(modeField) ?? "";
  if (!["disabled", "required", "test-always-fail"].includes(mode)) {
    fault(modeField, `must be \`disabled\`, \`required\` or \`test-always-fail\`, not \`${mode}\``);
  }
  if (mode === "disabled") return;
  noteIssue(scope.findings, scope.object, {
    code: "NOT_ANALYSED",
    line: field.line,
    text: `asks for authentication (\`${mode}\`), which is not evaluated: its rule is taken to allow without`,
  });
}
