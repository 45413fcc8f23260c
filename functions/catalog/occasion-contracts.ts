export { eventIdOf, type Occasion, readOccasion } from './occasion.ts';
