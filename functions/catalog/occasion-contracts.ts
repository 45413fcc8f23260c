export { eventIdOf, type Occasion, readOccasion } from './occasion.ts';
export { takesPlace } from './takes-place.ts';
