import { parseCidr } from "../../sets/address-text.ts";
import type { AddressSet } from "../../sets/addresses.ts";
import { type Field, items, member, root } from "../fields.ts";
import type { YamlMap } from "../yaml/node.ts";

/** The blocks that the `nets` of a policy's rules name, valid ones only. */
export function allNets(node: YamlMap): readonly AddressSet[] {
  const spec = member(root(node), "spec");
  return ["ingress", "egress"].flatMap((direction) =>
    items(member(spec, direction)).flatMap((rule) =>
      ["source", "destination"].flatMap((side) => netsOf(member(rule, side))),
    ),
  );
}

function netsOf(side: Field): readonly AddressSet[] {
  return items(member(side, "nets")).flatMap(({ node }) => {
    const block = node?.kind === "scalar" && typeof node.value === "string" ? parseCidr(node.value) : undefined;
    return block === undefined ? [] : [block.set];
  });
}
