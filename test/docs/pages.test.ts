import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));
const pages = tracked.filter((file) => file.endsWith('.md'));
const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const outsideCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** Anchors as GitHub makes them of headings. */
const anchorsOf = (file: string): readonly string[] =>
  [...outsideCode(textOf(file)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Links of a page that lead nowhere in the project. */
const deadLinks = (page: string): readonly string[] =>
  [...outsideCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.normalize(path.join(path.dirname(page), file));
      if (!existsSync(path.join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });

test.for(pages)('the links of %s lead somewhere', (page) => {
  expect(deadLinks(page)).toEqual([]);
});

test('every page can be reached from the README', () => {
  const reached = new Set<string>(['README.md', 'CHANGELOG.md']);
  const pending = ['README.md'];
  for (let page = pending.pop(); page !== undefined; page = pending.pop()) {
    for (const [, link = ''] of textOf(page).matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
      const target = path.normalize(path.join(path.dirname(page), link));
      if (!pages.includes(target) || reached.has(target)) continue;
      reached.add(target);
      pending.push(target);
    }
  }
  const lost = pages.filter((page) => !reached.has(page) && !page.endsWith('SOURCES.md'));
  expect(lost).toEqual([]);
});

test('every command that the README names is there', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const named = [...textOf('README.md').matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test('the lock file names no registry, and knows every package of every platform', () => {
  const lock = JSON.parse(textOf('package-lock.json')) as {
    packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>;
  };
  const entries = Object.entries(lock.packages);
  expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  const missing = entries.flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => {
      const places = [`${owner}/node_modules/${name}`, `node_modules/${name}`];
      return !places.some((place) => lock.packages[place.replace(/^\//, '')] !== undefined);
    }),
  );
  expect(missing).toEqual([]);
});
