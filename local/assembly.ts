import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from '../lib/app.ts';
import { stopBundler } from '../lib/bundle.ts';
import type { Stack } from './template.ts';

export interface Assembly {
  readonly stacks: readonly Stack[];
  /** Folder of an asset, by its key in the bucket of assets. */
  readonly assetDirectories: ReadonlyMap<string, string>;
}

/** Synthesizes the CDK app in this process, as `cdk deploy` does before it uploads. */
export const synthesize = async (
  outdir: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Assembly> => {
  const context = { mailFrom: 'tickets@fairground.example', ...given };
  const app = await buildApp({ stage: 'dev', outdir, context });
  await stopBundler();
  const { stacks } = app.synth();
  const assets = stacks.flatMap(({ stackName }) => {
    const manifest = JSON.parse(readFileSync(path.join(outdir, `${stackName}.assets.json`), 'utf8')) as {
      files?: Record<
        string,
        { source: { path: string }; destinations: Record<string, { objectKey: string }> }
      >;
    };
    return Object.values(manifest.files ?? {}).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(
        ({ objectKey }) => [objectKey, path.join(outdir, source.path)] as const,
      ),
    );
  });
  return {
    stacks: stacks.map(({ stackName, template }) => ({ name: stackName, template })),
    assetDirectories: new Map(assets),
  };
};
