const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const ALPHANUMERIC = "letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit";

/** Keys and values that were found valid: manifests repeat the same few thousands of times. */
const goodKeys = new Set<string>();
const goodValues = new Set<string>();
const MOST_REMEMBERED = 10_000;

/**
 * What is wrong with a label value; `undefined` where it is valid.
 * Source: kubernetes/apimachinery pkg/util/validation, IsValidLabelValue.
 */
export function labelValueFault(value: string): string | undefined {
  if (goodValues.has(value)) return undefined;
  const wrong = badValue(value);
  if (wrong === undefined && goodValues.size < MOST_REMEMBERED) goodValues.add(value);
  return wrong;
}

function badValue(value: string): string | undefined {
  if (value.length > 63) return "is longer than the 63 characters of a label value";
  return LABEL_VALUE.test(value) ? undefined : `is no label value: \`${value}\` must be ${ALPHANUMERIC}`;
}

/**
 * What is wrong with a label key; `undefined` where it is valid.
 * Source: kubernetes/apimachinery pkg/util/validation, IsQualifiedName.
 */
export function labelKeyFault(key: string): string | undefined {
  if (goodKeys.has(key)) return undefined;
  const wrong = badKey(key);
  if (wrong === undefined && goodKeys.size < MOST_REMEMBERED) goodKeys.add(key);
  return wrong;
}

function badKey(key: string): string | undefined {
  const parts = key.split("/");
  const name = parts[parts.length - 1] ?? "";
  const prefix = parts.length > 1 ? parts[0] : undefined;
  if (parts.length > 2) return `is no label key: \`${key}\` has more than one \`/\``;
  if (prefix !== undefined && subdomainFault(prefix) !== undefined) {
    return `is no label key: \`${prefix}\` is no DNS subdomain`;
  }
  if (name.length > 63) return "is no label key: its name is longer than 63 characters";
  return LABEL_NAME.test(name) ? undefined : `is no label key: \`${name}\` must be ${ALPHANUMERIC}`;
}

/**
 * What is wrong with the name of most objects; `undefined` where it is valid.
 * Source: kubernetes/apimachinery pkg/util/validation, IsDNS1123Subdomain.
 */
export function subdomainFault(name: string): string | undefined {
  if (name.length > 253) return "is longer than 253 characters";
  if (name.split(".").every((part) => DNS_LABEL.test(part))) return undefined;
  return `must be lower case letters, digits, \`-\` and \`.\`, not \`${name}\``;
}

/** What is wrong with the name of a namespace or Service; `undefined` where it is valid. */
export function dnsLabelFault(name: string): string | undefined {
  if (name.length > 63) return "is longer than 63 characters";
  return DNS_LABEL.test(name) ? undefined : `must be lower case letters, digits and \`-\`, not \`${name}\``;
}

/**
 * What is wrong with the name of a port; `undefined` where it is valid.
 * Source: kubernetes/apimachinery pkg/util/validation, IsValidPortName.
 */
export function portNameFault(name: string): string | undefined {
  if (/^[0-9]+$/.test(name)) return `is the text \`"${name}"\`; a port number stands without quotes`;
  const range = /^([0-9]+)-([0-9]+)$/.exec(name);
  if (range !== null) return `is no port name; a range is written \`port: ${range[1]}\` with \`endPort: ${range[2]}\``;
  if (name.length > 15) return `is no port name: \`${name}\` is longer than 15 characters`;
  if (!/^[-a-z0-9]*$/.test(name)) return `is no port name: \`${name}\` must be lower case letters, digits and \`-\``;
  if (!/[a-z]/.test(name)) return `is no port name: \`${name}\` has no letter`;
  if (name.includes("--")) return `is no port name: \`${name}\` has two hyphens in a row`;
  if (name.startsWith("-") || name.endsWith("-")) return `is no port name: \`${name}\` starts or ends with a hyphen`;
  return undefined;
}
