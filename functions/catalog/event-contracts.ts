export { type EventReader, openEventReader } from './event-reader.ts';
