/** Manifests with something of everything that a quiet file may hold. */
export const QUIET: ReadonlyMap<string, string> = new Map([
  [
    "a Deployment, its Service, account and policies",
    `# web
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app.kubernetes.io/version: "1.2"
  annotations:
    checksum/config: 27532ee5e77e7d9a
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
        tier: 'front' # quoted
        on-call: "yes"
      annotations:
        prometheus.io/scrape: "true"
    spec:
      serviceAccountName: web
      initContainers:
      - name: init
        image: busybox
        command: ["sh", "-c", 'true']
      containers:
      - name: main
        image: registry.example/web:1.0@sha256:abc
        args: ["--listen=:8080", -v]
        ports:
        - name: http
          containerPort: 8080
        - containerPort: 53
          protocol: UDP
          name: dns
        env:
        - name: TEXT
          value: |
            some: text
             # no comment

            more
        - name: EMPTY
          value:
        securityContext: {}
        resources: {limits: {cpu: 1}}
      - image: sidecar
        name: side
      volumes: []
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  type: ClusterIP
  selector:
    app: web
  ports:
  - name: http
    port: 80
    targetPort: http
  externalIPs:
  - 192.0.2.1
status: {}
---
kind: ServiceAccount
apiVersion: v1
metadata:
  namespace: shop
  name: web
imagePullSecrets:
- name: pull
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
  annotations:
    note: text
spec:
  podSelector:
    matchLabels:
      app: web
  policyTypes: []
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              team: a
          podSelector: {}
        - ipBlock:
            cidr: 10.1.0.0/16
            except:
            - 10.1.2.0/24
      ports:
        - port: http
        - port: 53
          protocol: UDP
    - {}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: conf
data:
  kind: |
    kind: Deployment
`,
  ],
  [
    "a namespace and its policies",
    `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    kubernetes.io/metadata.name: shop
    team: a
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: 
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
  policyTypes:
  - Ingress
  - Egress
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: out
  namespace: shop
spec:
  podSelector:
    matchExpressions:
    - key: app
      operator: In
      values:
      - web
  policyTypes:
  - Egress
  egress:
  - to:
    - namespaceSelector:
        matchExpressions:
        - key: team
          operator: NotIn
          values:
          - b
        - key: env
          operator: Exists
    ports:
    - protocol: TCP
      port: 443
`,
  ],
  [
    "jobs and a set",
    `apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
  namespace: jobs
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      parallelism: 1
      template:
        metadata:
          labels:
            app: nightly
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: job
---
apiVersion: batch/v1
kind: Job
metadata:
  name: once
  namespace: jobs
spec:
  completions: 3
  template:
    spec:
      containers:
      - name: main
        image: job
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
  namespace: jobs
spec:
  serviceName: db
  selector:
    matchLabels:
      app: db
  template:
    metadata:
      labels:
        app: db
    spec:
      containers:
      - name: db
        image: db
        ports:
        - name: sql
          containerPort: 3306
`,
  ],
  [
    "lists and mappings between brackets",
    `apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: api, namespace: shop, labels: {app: api, x: "y"}}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: { app: api, tier: 'back' }, annotations: {}}
    spec:
      containers:
      - {name: main, image: "api:1", args: [-v, "--port=80"], ports: [{name: http, containerPort: 8080}, {containerPort: 53, protocol: UDP}]}
      - name: side
        ports: [ {containerPort: 9090} ] # metrics
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Ingress, "Egress" ]
  ingress:
  - from: [{namespaceSelector: {}}, {podSelector: {matchLabels: {}}}]
    ports: [{port: http}, {port: 53, protocol: UDP}]
  egress:
  - to:
    - ipBlock: {cidr: 10.1.0.0/16, except: [10.1.2.0/24, '10.1.3.0/24']}
    - podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web, "db"]}]}
    ports: []
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}, annotations: {note: [a, {b: c}]}}
`,
  ],
]);
