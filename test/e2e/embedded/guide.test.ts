import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';

const root = path.join(import.meta.dirname, '../../..');

test('the commands of the guide "sell a hall" work when pasted one after the other', async () => {
  const page = readFileSync(path.join(root, 'docs/guides/sell-a-hall.md'), 'utf8');
  const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block).join('\n');
  expect(commands).toContain('ROOT=http://127.0.0.1:3000');
  const { origin } = new URL(inject('target').url);
  // A folder with the project's contents, so that what the commands write does not land in it.
  const folder = mkdtempSync(path.join(tmpdir(), 'guide-'));
  for (const name of ['test', 'scripts', 'functions', 'node_modules', 'package.json']) {
    symlinkSync(path.join(root, name), path.join(folder, name));
  }
  try {
    const script = `set -e -o pipefail\n${commands.replace('http://127.0.0.1:3000', origin)}`;
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      cwd: folder,
      env: { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` },
    });
    expect(stdout).toContain('"seats":603');
    expect(stdout).toContain('"seats":40000');
    expect(stdout).toContain('"status":"active"');
    // The last command shows the ticket type: two of it are held.
    expect(stdout).toMatch(/available: 394,\s+held: 2,\s+sold: 0/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
