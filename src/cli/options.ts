import { closest, distance } from "fastest-levenshtein";
import { InputError } from "../errors.ts";
import { PLUGIN_NAMES } from "../manifest/plugins/profiles.ts";
import { type PeerQuery, parsePeerQuery } from "../model/peer-query.ts";
import type { Overrides } from "../review/read-cluster.ts";
import { parseCidr } from "../sets/address-text.ts";
import { NO_ADDRESS, unionAddresses } from "../sets/addresses.ts";
import { type Conn, ports, wholeProtocol } from "../sets/conn.ts";

export const FORMATS = ["text", "json", "markdown", "csv"] as const;
export type Format = (typeof FORMATS)[number];

/** Flags as they were typed. */
export type Flags = {
  readonly output: string;
  readonly file?: string;
  readonly config?: string;
  readonly namespace?: string;
  readonly cni?: string;
  readonly podCidr?: readonly string[];
  readonly ipBlocks?: string;
  readonly staged?: string;
  readonly render?: string;
  readonly cluster?: string;
  readonly representatives: boolean;
  readonly maxPairs?: string;
  readonly color: string;
  readonly quiet?: boolean;
  readonly timings?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly port?: string;
  readonly base?: string;
  readonly head?: string;
  readonly repo?: string;
};

/** The value where it is one of `known`; else an error that names the flag, the value and what there is. */
export function choice<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  throw new InputError(
    "USAGE",
    undefined,
    `${flag}: \`${value}\` is none of ${known.map((each) => `\`${each}\``).join(", ")}`,
  );
}

/** Flags that stand above the configuration. */
export function overridesOf(flags: Flags): Overrides {
  return {
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    ...(flags.cni === undefined ? {} : { cni: plugin(flags.cni) }),
    ...(flags.podCidr === undefined ? {} : { podCidrs: flags.podCidr.map(cidr).reduce(unionAddresses, NO_ADDRESS) }),
    ...(flags.ipBlocks === undefined
      ? {}
      : { ipBlocks: choice("--ip-blocks", flags.ipBlocks, ["match-pods", "external-only"]) }),
    ...(flags.staged === undefined ? {} : { staged: choice("--staged", flags.staged, ["ignore", "enforce"]) }),
  };
}

function plugin(name: string): string {
  if (PLUGIN_NAMES.includes(name)) return name;
  const near = closest(name, [...PLUGIN_NAMES]);
  const meant = distance(name, near) <= 3 ? `; did you mean \`${near}\`?` : ";";
  throw new InputError(
    "USAGE",
    undefined,
    `--cni: no plugin is called \`${name}\`${meant} known: ${PLUGIN_NAMES.join(", ")}`,
  );
}

function cidr(text: string): typeof NO_ADDRESS {
  const block = parseCidr(text);
  if (block !== undefined) return block.set;
  throw new InputError("USAGE", undefined, `--pod-cidr: \`${text}\` is no CIDR; write one like \`10.244.0.0/16\``);
}

/** A whole number from 1 on. */
export function count(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InputError("USAGE", undefined, `${flag}: \`${text}\` is no whole number above 0`);
}

/** Whom `--from` or `--to` means. */
export function peerQuery(flag: string, text: string): PeerQuery {
  const query = parsePeerQuery(text);
  if (query !== undefined) return query;
  const forms = "`production/db`, `production/db[StatefulSet]`, `production/[pod with {app=api}]`, `10.0.0.0/8`";
  throw new InputError("USAGE", undefined, `${flag}: \`${text}\` names no peer; write one like ${forms}`);
}

/** What `--port` means: `TCP/3306`, `TCP/8000-8100`, `UDP`. */
export function portQuery(text: string): Conn {
  const found = /^(TCP|UDP|SCTP)(?:\/(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(text);
  const protocol = (["TCP", "UDP", "SCTP"] as const).find((each) => each === found?.[1]);
  const first = found?.[2] === undefined ? undefined : Number(found[2]);
  const last = found?.[3] === undefined ? first : Number(found[3]);
  if (protocol !== undefined && first === undefined) return wholeProtocol(protocol);
  if (
    protocol !== undefined &&
    first !== undefined &&
    last !== undefined &&
    first >= 1 &&
    first <= last &&
    last <= 65_535
  ) {
    return ports(protocol, first, last);
  }
  throw new InputError(
    "USAGE",
    undefined,
    `--port: \`${text}\` is no port; write one like \`TCP/3306\`, \`TCP/8000-8100\` or \`UDP\``,
  );
}
