import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';

const root = path.join(import.meta.dirname, '../../..');

/** The commands of a guide, for the platform that the tests run. */
const commandsOf = (page: string): string => {
  const text = readFileSync(path.join(root, 'docs/guides', page), 'utf8');
  const commands = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block).join('\n');
  expect(commands).toContain('ROOT=http://127.0.0.1:3000');
  return commands.replace('http://127.0.0.1:3000', new URL(inject('target').url).origin);
};

/** Runs them one after the other, and gives what they print. */
const paste = async (commands: string, cwd: string): Promise<string> => {
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -e -o pipefail\n${commands}`], {
    cwd,
    env: { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` },
  });
  return stdout;
};

test('the commands of the guide "leads" negotiate when pasted one after the other', async () => {
  const printed = await paste(commandsOf('leads.md'), root);
  expect(printed).toContain('"dryRun":true');
  expect(printed).toContain('"depositDue":{"amount":166250,"currency":"RON"}');
  expect(printed).toContain('"code":"QUOTE_OUTDATED"');
  expect(printed.slice(printed.indexOf('create: -'))).toBe(`create: - > new (organizer)
contact: new > contacted (truck)
quote: contacted > quoted (truck)
quote: quoted > quoted (organizer)
accept: quoted > accepted (truck)
book: accepted > booked (truck)
booking
completed
`);
});

test('the commands of the guide "sell a hall" work when pasted one after the other', async () => {
  // A folder with the project's contents, so that what the commands write does not land in it.
  const folder = mkdtempSync(path.join(tmpdir(), 'guide-'));
  for (const name of ['test', 'scripts', 'functions', 'node_modules', 'package.json']) {
    symlinkSync(path.join(root, name), path.join(folder, name));
  }
  try {
    const stdout = await paste(commandsOf('sell-a-hall.md'), folder);
    expect(stdout).toContain('"seats":603');
    expect(stdout).toContain('"seats":40000');
    expect(stdout).toContain('"status":"active"');
    // The last command shows the ticket type: two of it are held.
    expect(stdout).toMatch(/available: 394,\s+held: 2,\s+sold: 0/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
