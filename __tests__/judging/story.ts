import type { Cluster, Workload } from "../../src/model/cluster.ts";
import type { Policy } from "../../src/model/policy.ts";
import { cluster, podsWith, policy, tcp, workload } from "../gate/world.ts";

/** `web` → `api` → `db`, where a policy lets only `api` reach `db`. */

export const web = workload("production/web");
export const api = workload("production/api");
export const db = workload("production/db", { kind: "StatefulSet" });

/** Only `api` may reach `db`, on 3306. */
export const dbPolicy = policy("ingress", "production/db", { app: "db" }, [
  { peer: podsWith({ app: "api" }, "production"), conn: tcp(3306) },
]);

/** `text` of the rule of the contract. */
export const DB_INGRESS = `
protected:
  - name: db-ingress
    to: { namespace: production, pods: { app: db } }
    allowed:
      - from: { namespace: production, pods: { app: api } }
`;

export const DB = "production/db[StatefulSet]";

/** The three workloads, or others, under the policy, or others. */
export function production(
  workloads: readonly Workload[] = [web, api, db],
  policies: readonly Policy[] = [dbPolicy],
): Cluster {
  return cluster({ workloads, policies });
}
