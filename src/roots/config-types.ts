/** What plain folders in `manifests` mean: found out, files as they are, kustomizations, charts. */
type FolderMeaning = "auto" | "none" | "kustomize" | "helm";

/** One entry of `manifests`: a file, folder or glob, a kustomization (or a glob of them), or a chart. */
export type ManifestSource =
  | { readonly kind: "paths"; readonly pattern: string }
  | { readonly kind: "kustomize"; readonly pattern: string }
  | {
      readonly kind: "helm";
      readonly chart: string;
      /** Default: the chart's name. */
      readonly release: string | undefined;
      /** Default: the cluster's. */
      readonly namespace: string | undefined;
      readonly values: readonly string[];
    };

/** Whose objects may name roots. */
export type DeliveryTool = "flux" | "argocd";

/** One entry of `clusters:`. */
export type ClusterConfig = {
  readonly name: string;
  readonly render: FolderMeaning;
  readonly manifests: readonly ManifestSource[];
  readonly namespace: string | undefined;
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
  readonly remotes: "refuse" | "allow";
  readonly from: readonly DeliveryTool[];
};

/** What the configuration, the inputs and the event say about what is deployed. Patterns are relative to the repository. */
export type RootsConfig = {
  /** Empty: one cluster, or what the roots themselves suggest. */
  readonly clusters: readonly ClusterConfig[];
  /** The input `paths`; empty: the whole repository. Excludes `clusters`. */
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  readonly acceptUnread: readonly string[];
  /** `never`: no process runs, also on `pull_request_target`. */
  readonly render: "auto" | "never";
  /** The head comes from a fork, so no remote base is ever fetched. */
  readonly fork: boolean;
};

/** What is read without any configuration. */
export const NO_CONFIG: RootsConfig = {
  clusters: [],
  paths: [],
  exclude: [],
  acceptUnread: [],
  render: "auto",
  fork: true,
};
