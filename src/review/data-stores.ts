import type { Workload } from "../model/cluster.ts";

/** Something that keeps data, as its image, its name and its ports show it. */
export type DataStore = {
  readonly product: string;
  /** Last part of an image's repository, or a part of a workload's name. */
  readonly names: readonly string[];
  /** Where clients connect, over TCP. */
  readonly ports: readonly number[];
};

const STORES: readonly DataStore[] = [
  store(
    "PostgreSQL",
    ["postgres", "postgresql", "postgis", "pgvector", "timescaledb", "spilo", "pgbouncer"],
    [5432, 6432],
  ),
  store("MySQL", ["mysql", "mariadb", "percona", "mysql-server", "mariadb-galera", "percona-xtradb-cluster"], [3306]),
  store("MongoDB", ["mongo", "mongodb", "percona-server-mongodb", "ferretdb"], [27_017]),
  store("Redis", ["redis", "valkey", "keydb", "redis-stack", "redis-stack-server", "dragonfly"], [6379]),
  store("Memcached", ["memcached"], [11_211]),
  store("Cassandra", ["cassandra", "scylla", "scylladb"], [9042]),
  store("Elasticsearch", ["elasticsearch", "opensearch"], [9200]),
  store("Kafka", ["kafka", "cp-kafka", "redpanda"], [9092]),
  store("ZooKeeper", ["zookeeper"], [2181]),
  store("RabbitMQ", ["rabbitmq"], [5672, 5671]),
  store("NATS", ["nats"], [4222]),
  store("etcd", ["etcd"], [2379]),
  store("ClickHouse", ["clickhouse", "clickhouse-server"], [9000, 8123]),
  store("CockroachDB", ["cockroach", "cockroachdb"], [26_257]),
  store("InfluxDB", ["influxdb"], [8086]),
  store("Neo4j", ["neo4j"], [7687]),
  store("MinIO", ["minio"], [9000]),
  store("Vault", ["vault", "openbao"], [8200]),
  store("SQL Server", ["mssql", "mssql-server", "sqlserver"], [1433]),
  store("Oracle", ["oracle", "oracle-xe", "oracle-free"], [1521]),
  store("Qdrant", ["qdrant"], [6333, 6334]),
];

/** Ports at which as many other programs listen: they say nothing alone. */
const COMMON: ReadonlySet<number> = new Set([8123, 9000]);

/** Programs beside a data store that are none: they carry its name. */
const BESIDE =
  /exporter|operator|backup|client|-cli|admin|commander|express|insight|dashboard|-ui$|web|console|proxy|kibana|connect|migrat|controller|webhook|injector/;

function store(product: string, names: readonly string[], ports: readonly number[]): DataStore {
  return { product, names, ports };
}

/** What a workload stores data with, as far as it shows: by its image, else by its name and its ports. */
export function dataStoreOf(workload: Workload, images: readonly string[]): DataStore | undefined {
  if (BESIDE.test(workload.name)) return undefined;
  const repositories = images.map(repositoryName).filter((name) => !BESIDE.test(name));
  const byImage = STORES.find(({ names }) => repositories.some((name) => names.includes(name)));
  if (byImage !== undefined) return byImage;
  const declared = declaredTcp(workload);
  const parts = workload.name.split("-");
  const byName = STORES.find(({ names }) => names.some((name) => name === workload.name || parts.includes(name)));
  const listens = (each: DataStore): boolean => each.ports.some((port) => declared.has(port));
  if (byName !== undefined && (listens(byName) || workload.kind === "StatefulSet")) return byName;
  const keeps = workload.kind === "StatefulSet" || parts.some((part) => part === "db" || part === "database");
  return keeps ? STORES.find((each) => listens(each) && !each.ports.some((port) => COMMON.has(port))) : undefined;
}

/** `postgres` of `registry.example.com:5000/library/postgres:17@sha256:…`. */
function repositoryName(image: string): string {
  const path = image.split("@")[0] ?? "";
  const last = path.split("/").at(-1) ?? "";
  return (last.split(":")[0] ?? "").toLowerCase();
}

/** Where clients of the store connect to this workload: what it declares of the product's ports, else all of them. */
export function clientPorts(workload: Workload, { ports }: DataStore): readonly number[] {
  const declared = declaredTcp(workload);
  const some = ports.filter((port) => declared.has(port));
  return some.length > 0 ? some : ports;
}

function declaredTcp({ declaredPorts }: Workload): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [, list = ""] of declaredPorts.matchAll(/TCP ([\d,-]+)/g)) {
    for (const part of list.split(",")) {
      const [first = 0, last = first] = part.split("-").map(Number);
      for (let port = first; port <= last && port - first < 100; port++) found.add(port);
    }
  }
  return found;
}
