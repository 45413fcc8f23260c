import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Sets the environment of the process, or puts something in the place of a module or of a class’s methods. */
const changesItsProcess =
  /process\.env\b|\bmockClient\b|\.prototype\b|vi\.(mock|doMock|stubEnv|stubGlobal|resetModules)\b/;
const imported = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

const needs = new Map<string, boolean>();

/** Whether a file of `test/`, or one there that it imports, changes the process that it runs in. */
const needsOwnProcess = (file: string): boolean => {
  const known = needs.get(file);
  if (known !== undefined) return known;
  needs.set(file, false);
  const text = readFileSync(file, 'utf8');
  const needed =
    changesItsProcess.test(text) ||
    [...text.matchAll(imported)]
      .map(([, name = '']) => path.resolve(path.dirname(file), name))
      .some(
        (other) => other.startsWith(path.join(root, 'test')) && existsSync(other) && needsOwnProcess(other),
      );
  needs.set(file, needed);
  return needed;
};

/**
 * Test files of these patterns, apart: those that need a process of their own, and those that may follow others in one,
 * which spares starting it and loading all that they import.
 */
export const byNeed = (include: string, exclude: readonly string[]) => {
  const files = globSync(include, { cwd: root, exclude });
  const isOwn = (file: string): boolean => needsOwnProcess(path.join(root, file));
  return { own: files.filter(isOwn), shared: files.filter((file) => !isOwn(file)) };
};
