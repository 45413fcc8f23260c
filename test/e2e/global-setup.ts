import type { TestProject } from 'vitest/node';
import { startCloud } from '../../local/cloud.ts';
import { targetOf } from './target.ts';

/** Gives all journeys one platform: the one that the environment names, or an embedded cloud of their own. */
export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const running = targetOf(process.env);
  if (running !== undefined) {
    project.provide('target', running);
    return undefined;
  }
  const cloud = await startCloud({ port: 0 });
  project.provide('target', { kind: 'embedded', url: cloud.url, tokenUrl: cloud.tokenUrl });
  return () => cloud.stop();
};
