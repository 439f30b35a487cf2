import type { Effect } from "../engine/effects.ts";
import { type Kind, kindsInOrder } from "../engine/kinds.ts";
import { type LabelSet, type Requirement, satisfies } from "../model/labels.ts";
import { SIDES } from "../model/peer.ts";
import type { Predicate } from "../model/predicate.ts";

/** A namespace as rules see it: its name and its labels. */
type Place = { readonly name: string; readonly labels: LabelSet };
/** Places in which pods may be that are meant; `undefined`: any. */
type Places = ReadonlySet<Place> | undefined;

/**
 * For a source, those of `targets` between which and itself policies may allow anything on either side, in their order;
 * nothing surely goes to the others. Told by the namespaces that the rules of either end speak of.
 */
export function reachableOf(sources: readonly Kind[], targets: readonly Kind[]): (src: Kind) => readonly Kind[] {
  const map = placesOfKinds([...sources, ...targets]);
  const placesOfEffect = effectPlaces(map.places);
  const spokenOf = (kind: Kind, direction: "egress" | "ingress"): Places => {
    const found = new Set<Place>();
    for (const effect of new Set(SIDES.map((side) => kind[side][direction]))) {
      const places = effect === undefined ? NOWHERE : placesOfEffect(effect);
      if (places === undefined) return undefined;
      for (const place of places) found.add(place);
    }
    return found;
  };
  const standing = lists();
  const admitting = lists();
  for (const target of targets) {
    standing.add(target, map.of(target));
    admitting.add(target, spokenOf(target, "ingress"));
  }
  return (src) => {
    const [own, spoken] = [map.of(src), spokenOf(src, "egress")];
    const bySource = spoken && standing.at(spoken);
    const byTarget = own && admitting.at(own);
    if (bySource === undefined || byTarget === undefined) return kindsInOrder(bySource ?? byTarget ?? [targets]);
    return kindsInOrder(count(bySource) < count(byTarget) ? bySource : byTarget);
  };
}

const NOWHERE: ReadonlySet<Place> = new Set();

/** Targets by place, those of any place apart. */
function lists() {
  const byPlace = new Map<Place, Kind[]>();
  const anywhere: Kind[] = [];
  return {
    add: (kind: Kind, places: Places): void => {
      if (places === undefined) anywhere.push(kind);
      for (const place of places ?? NOWHERE) {
        const list = byPlace.get(place);
        if (list === undefined) byPlace.set(place, [kind]);
        else list.push(kind);
      }
    },
    at: (places: ReadonlySet<Place>): readonly (readonly Kind[])[] => [
      anywhere,
      ...[...places].map((place) => byPlace.get(place) ?? []),
    ],
  };
}

function count(all: readonly (readonly Kind[])[]): number {
  return all.reduce((sum, list) => sum + list.length, 0);
}

type PlacesOfKinds = { readonly places: readonly Place[]; readonly of: (kind: Kind) => Places };

/** Where kinds are; what is no pod is not told apart by namespaces. */
function placesOfKinds(kinds: readonly Kind[]): PlacesOfKinds {
  const known = new Map<LabelSet, Map<string, Place>>();
  const places: Place[] = [];
  const placeOf = (name: string, labels: LabelSet): Place => {
    const byName = known.get(labels) ?? new Map<string, Place>();
    known.set(labels, byName);
    let place = byName.get(name);
    if (place === undefined) {
      place = { name, labels };
      places.push(place);
      byName.set(name, place);
    }
    return place;
  };
  const of = (kind: Kind): Places => {
    const found = new Set<Place>();
    for (const side of SIDES) {
      const { endpoint } = kind[side];
      if (endpoint === undefined) continue;
      if (endpoint.kind !== "pod") return undefined;
      found.add(placeOf(endpoint.pod.namespace, endpoint.pod.namespaceLabels));
    }
    return found;
  };
  const byKind = new Map(kinds.map((kind) => [kind, of(kind)]));
  return { places, of: (kind) => byKind.get(kind) };
}

/** The places of pods that an effect may allow something. */
function effectPlaces(places: readonly Place[]): (effect: Effect) => Places {
  const known = new Map<Effect, Places>();
  const meant = predicatePlaces(places);
  const find = ({ tiers }: Effect): Places => {
    // Who is met by no rule may do everything where nothing isolates.
    if (!tiers.some(({ isolates }) => isolates)) return undefined;
    const rules = tiers.flatMap((tier) => tier.rules).filter(({ action }) => action !== "deny");
    const found = union(rules.map(({ peer }) => meant(peer)));
    // Long lists for each of many effects are worse than one of everybody.
    return found !== undefined && found.size > MANY ? undefined : found;
  };
  return (effect) => {
    if (known.has(effect)) return known.get(effect);
    const found = find(effect);
    known.set(effect, found);
    return found;
  };
}

/** Places that are kept for an effect. */
const MANY = 100;

/** The places of pods for which a predicate may hold. */
function predicatePlaces(places: readonly Place[]): (predicate: Predicate) => Places {
  const byName = new Map<string, Set<Place>>();
  for (const place of places) byName.set(place.name, (byName.get(place.name) ?? new Set()).add(place));
  const byLabels = new Map<string, ReadonlySet<Place>>();
  const labelled = (requirement: Requirement): ReadonlySet<Place> => {
    const key = JSON.stringify([requirement.key, requirement.operator, requirement.values]);
    const found = byLabels.get(key) ?? new Set(places.filter(({ labels }) => satisfies(labels, requirement)));
    byLabels.set(key, found);
    return found;
  };
  const meant = (predicate: Predicate): Places => {
    switch (predicate.op) {
      case "namespace":
        return byName.get(predicate.name) ?? NOWHERE;
      case "namespaceLabels":
        return labelled(predicate.requirement);
      case "and":
        return fewest(predicate.of.map(meant));
      case "or":
        return union(predicate.of.map(meant));
      case "addresses":
        return predicate.pods ? undefined : NOWHERE;
      case "nothing":
      case "entity":
      case "fqdn":
        return NOWHERE;
      case "anything":
      case "not":
      case "pods":
      case "podLabels":
      case "serviceAccount":
      case "serviceAccountLabels":
        return undefined;
    }
  };
  return meant;
}

function union(parts: readonly Places[]): Places {
  const found = new Set<Place>();
  for (const part of parts) {
    if (part === undefined) return undefined;
    for (const place of part) found.add(place);
  }
  return found;
}

/** What is in all of the parts is in the smallest. */
function fewest(parts: readonly Places[]): Places {
  return parts.reduce(
    (least, part) => (part !== undefined && (least === undefined || part.size < least.size) ? part : least),
    undefined,
  );
}
