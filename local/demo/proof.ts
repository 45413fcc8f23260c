import type { Check } from './check.ts';
import { type DoorEvidence, proveDoor } from './proof-door.ts';
import { type MoneyEvidence, proveMoney } from './proof-money.ts';
import { type PlacesEvidence, provePlaces } from './proof-places.ts';

export type Evidence = PlacesEvidence & MoneyEvidence & DoorEvidence;

/** Judges a sale and its door by what everybody was answered and what the platform says afterwards. */
export const prove = (evidence: Evidence): readonly Check[] => [
  ...provePlaces(evidence),
  ...proveMoney(evidence),
  ...proveDoor(evidence),
];
