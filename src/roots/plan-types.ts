import type { Issue } from "../errors.ts";
import type { RenderRequest } from "../tree/render-request.ts";
import type { Tree, TreeEntry } from "../tree/tree.ts";
import type { Delivery, GivenNamespace } from "./delivery.ts";

/** The two trees of a review. */
export type Side = "base" | "head";

/** One thing for each tree. */
export type Sides<T> = { readonly base: T; readonly head: T };

/** A file that is read as it stands. */
export type RawEntry = {
  readonly entry: TreeEntry;
  /** Namespace that whoever applies the file gives its objects, where it is not the cluster's. */
  readonly namespace: GivenNamespace | undefined;
  /** Of a root that could not be rendered: only its policies are read, and marked. */
  readonly policiesOnly: boolean;
  /** Named by the configuration or applied by somebody: what is wrong with it always matters. */
  readonly listed: boolean;
};

/** One root in one tree. */
export type RootSide = {
  /** `undefined`: nothing to render, the files of `plain` are applied as they are. */
  readonly request: RenderRequest | undefined;
  /** Equal where nothing that the result depends on differs. */
  readonly key: string;
  /** Paths that take part; they are never read raw. */
  readonly files: ReadonlySet<string>;
  /** Folders of kustomizations and charts that take part. */
  readonly folders: ReadonlySet<string>;
  /** Why it is not rendered, found before anything runs. */
  readonly problems: readonly Issue[];
  /** What is applied as it is; of a root that cannot be rendered, what is read of it all the same. */
  readonly plain: readonly RawEntry[];
  /** For rendered objects that name none. */
  readonly namespace: GivenNamespace | undefined;
  readonly delivery: Delivery | undefined;
};

/** Something that is deployed: a kustomization, a chart, a folder that Flux or Argo CD applies. */
export type Root = {
  /** The same root in base and head. */
  readonly id: string;
  readonly kind: "kustomize" | "helm" | "folder";
  readonly path: string;
  /** For people: the path, and the object that delivers it. */
  readonly label: string;
  /** A chart that is rendered with its own values, since nobody says which. */
  readonly hasDefaultValues: boolean;
  /** The root whose files hold the object that delivers this one, or whose kustomizations reach it on both sides. */
  readonly parent: string | undefined;
  readonly base: RootSide | undefined;
  readonly head: RootSide | undefined;
};

/** What one cluster is made of. */
export type ClusterPlan = {
  /** Empty for the only one. */
  readonly name: string;
  /** For objects that name none; `undefined`: as the caller says. */
  readonly namespace: string | undefined;
  readonly roots: readonly Root[];
  readonly raw: Sides<readonly RawEntry[]>;
};

/** What is deployed, on both sides. */
export type Plan = {
  readonly trees: Sides<Tree>;
  readonly clusters: readonly ClusterPlan[];
  /** Clusters come from the configuration, so that roots that define one object stay together. */
  readonly isConfigured: boolean;
  readonly issues: Sides<readonly Issue[]>;
  /** Changed files that hold manifests and that the configuration leaves out. */
  readonly leftOut: readonly string[];
  /** No process runs; every root counts as not analysed. */
  readonly rendersNothing: boolean;
};
