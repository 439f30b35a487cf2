import { checkMap, type Field, fault, member, shape, text } from "../fields.ts";

const SELECTOR = shape("a name selector", ["matchName", "matchPattern"]);

/**
 * The name or pattern at `field`, in lower case and without the final dot; `undefined` where it is none.
 * Source: cilium/cilium pkg/policy/api/fqdn.go, FQDNSelector.
 */
export function readName(field: Field): string | undefined {
  checkMap(field, SELECTOR);
  const nameField = member(field, "matchName");
  const patternField = member(field, "matchPattern");
  const name = text(nameField) ?? "";
  const pattern = text(patternField) ?? "";
  if ((name === "") === (pattern === "")) {
    fault(field, "must have one of `matchName` and `matchPattern`");
    return undefined;
  }
  if (name !== "" && !/^[-a-zA-Z0-9_.]+$/.test(name)) fault(nameField, `is no name: \`${name}\``);
  if (pattern !== "" && !/^[-a-zA-Z0-9_.*]+$/.test(pattern)) fault(patternField, `is no pattern: \`${pattern}\``);
  return (name === "" ? pattern : name).toLowerCase().replace(/\.$/, "");
}
