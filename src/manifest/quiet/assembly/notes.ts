// AssemblyScript: the words that the walk and its host share.

/** What texts, numbers and the ends of mappings are noted as. */
export const NAMED: i32 = 1;
export const PLACED: i32 = 2;
export const NAMED_NAMESPACE: i32 = 3;
export const ACCOUNT: i32 = 4;
export const POD_LABEL: i32 = 5;
export const ASKED_LABEL: i32 = 6;
export const PEER_LABEL: i32 = 7;
export const EXPRESSION_KEY: i32 = 8;
export const OPERATOR: i32 = 9;
export const EXPRESSION_VALUE: i32 = 10;
export const POLICY_TYPE: i32 = 11;
export const CIDR: i32 = 12;
export const EXCEPT: i32 = 13;
export const PROTOCOL: i32 = 14;
export const PORT_NAME: i32 = 15;
export const PORT_NUMBER: i32 = 16;
export const RESTARTS: i32 = 17;
export const EXPRESSION: i32 = 18;
export const SUBJECT_EXPRESSION: i32 = 19;
export const INGRESS_RULE: i32 = 20;
export const EGRESS_RULE: i32 = 21;
export const PEER_SELECTOR: i32 = 22;
export const BLOCK: i32 = 23;
export const PEER: i32 = 24;
export const INGRESS_PORT: i32 = 25;
export const EGRESS_PORT: i32 = 26;
export const CONTAINER_PORT: i32 = 27;
export const CONTAINER: i32 = 28;
export const SELECTOR: i32 = 29;
export const POLICY: i32 = 30;
export const WORKLOAD: i32 = 31;
export const SET: i32 = 32;
export const REFUSED: i32 = 33;

/** What the host is told: a block that it judges, or a document that nobody needs; else the number of the document's form. */
export const IS_BLOCK: i32 = -1;
export const IS_UNNEEDED: i32 = -2;
