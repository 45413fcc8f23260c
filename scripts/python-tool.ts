import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Installs a Python package (`name==version`) into a virtual environment under `folder`, once; returns its `bin`. */
export const installPythonTool = (folder: string, requirement: string): string => {
  const bin = path.join(folder, 'venv/bin');
  const marker = path.join(folder, 'installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === requirement) return bin;
  const python = pythonCommand();
  rmSync(path.join(folder, 'venv'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (command: string, args: readonly string[]) => {
    try {
      execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
    } catch (error) {
      const { stderr } = error as { stderr?: string };
      throw new Error(`${command} ${args.join(' ')} failed: ${stderr ?? String(error)}`, { cause: error });
    }
  };
  run(python, ['-m', 'venv', path.join(folder, 'venv')]);
  run(path.join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', requirement]);
  writeFileSync(marker, requirement);
  return bin;
};

const pythonCommand = (): string => {
  for (const command of ['python3', 'python']) {
    try {
      execFileSync(command, ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))'], {
        stdio: 'ignore',
      });
      return command;
    } catch {
      // Not there or too old: the next.
    }
  }
  throw new Error('No python3 of at least 3.10 with venv: install one');
};
