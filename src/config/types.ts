import type { Issue, Severity, SourceRef } from "../errors.ts";
import type { Exception, Rule } from "../gate/rule.ts";
import type { ClusterConfig } from "../roots/config-types.ts";
import type { AddressSet } from "../sets/addresses.ts";

/** One entry of `clusters:`; `cni` and `podCidrs` are the file's where the entry has none. */
export type ClusterSettings = ClusterConfig & {
  readonly cni: string | undefined;
  /** `undefined`: not known. */
  readonly podCidrs: AddressSet | undefined;
  readonly at: SourceRef;
};

/** What `limits:` raises or lowers; what is not there keeps its default. */
export type LimitSettings = {
  readonly fileBytes?: number;
  readonly documents?: number;
  readonly aliases?: number;
  readonly depth?: number;
  readonly files?: number;
  readonly representatives?: number;
};

/** One checked configuration file. */
export type Config = {
  readonly file: string;
  /** Empty: one cluster, or what the roots themselves suggest. */
  readonly clusters: readonly ClusterSettings[];
  readonly cni: string | undefined;
  readonly podCidrs: AddressSet | undefined;
  readonly rules: readonly Rule[];
  readonly exceptions: readonly Exception[];
  /** Labels of namespaces that the tree does not declare. */
  readonly namespaces: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Pins of the inputs of the same name. */
  readonly mode: "enforce" | "warn" | undefined;
  readonly render: "auto" | "never" | undefined;
  readonly paths: readonly string[] | undefined;
  readonly exclude: readonly string[];
  readonly acceptUnread: readonly string[];
  readonly limits: LimitSettings;
  readonly staged: "ignore" | "enforce" | undefined;
  /** What a change to the configuration or to a workflow that uses us counts for; `undefined`: a warning. */
  readonly configChanges: Severity | undefined;
  readonly prerendered: boolean;
};

/** A checked configuration, or what is wrong with it. */
export type ParsedConfig = { readonly config: Config | undefined; readonly issues: readonly Issue[] };

/** What holds where there is no configuration. */
export const NO_CONFIG: Config = {
  file: "",
  clusters: [],
  cni: undefined,
  podCidrs: undefined,
  rules: [],
  exceptions: [],
  namespaces: new Map(),
  mode: undefined,
  render: undefined,
  paths: undefined,
  exclude: [],
  acceptUnread: [],
  limits: {},
  staged: undefined,
  configChanges: undefined,
  prerendered: false,
};
