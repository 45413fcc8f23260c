import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { referencePages } from './reference.ts';

/** Writes docs/reference from the route table, the problem catalogue and the lifecycle events. */
const folder = path.join(import.meta.dirname, '../docs/reference');
rmSync(path.join(folder, 'lifecycle-events'), { recursive: true, force: true });
for (const [file, content] of referencePages()) {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content);
}
