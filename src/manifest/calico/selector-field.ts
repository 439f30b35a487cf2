import { type Field, fault, text } from "../fields.ts";
import { parseSelector, type Selector } from "./selector.ts";

const MAX_LENGTH = 1024;

/**
 * The selector at `field`; `undefined` where there is none, and with a fault that names the character where it cannot
 * be read. `global()` may stand only where `allowed.global` says so, and then alone.
 * Source: projectcalico/calico libcalico-go/lib/validator/v3, validateSelector and validateEntityRule.
 */
export function readSelector(
  field: Field,
  allowed: { readonly global: boolean } = { global: false },
): Selector | undefined {
  const value = text(field) ?? "";
  if (value === "") return undefined;
  if (value.length > MAX_LENGTH) {
    fault(field, `is longer than the ${MAX_LENGTH} characters of a selector`);
    return undefined;
  }
  const parsed = parseSelector(value);
  if (!parsed.ok) {
    fault(field, `cannot be read at character ${parsed.column} of \`${value}\`: ${parsed.expected}`);
    return undefined;
  }
  const { selector } = parsed;
  if (selector.op === "global" ? !allowed.global : hasGlobal(selector)) {
    const remedy = "`global()` can only stand alone in the `namespaceSelector` of a rule";
    fault(
      field,
      allowed.global
        ? "combines `global()` with other selectors; it can only stand alone"
        : `holds \`global()\`; ${remedy}`,
    );
  }
  return selector;
}

function hasGlobal(selector: Selector): boolean {
  switch (selector.op) {
    case "global":
      return true;
    case "all":
    case "label":
      return false;
    case "not":
      return hasGlobal(selector.of);
    case "and":
    case "or":
      return selector.of.some(hasGlobal);
  }
}
