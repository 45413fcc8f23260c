import { startCloud } from '../cloud.ts';
import type { Platform } from './api.ts';

export interface PlatformChoice {
  /** Base URL of a running platform; without it an embedded one is started, for this demo only. */
  readonly target?: string | undefined;
  /** Where the target’s issuer gives tokens; left out, as on the embedded one. */
  readonly tokenUrl?: string | undefined;
}

/** Does `work` on the chosen platform, and stops what it started for it. */
export const onPlatform = async <T>(
  { target, tokenUrl }: PlatformChoice,
  { say, progress }: { readonly say: (line: string) => void; readonly progress: (line: string) => void },
  work: (platform: Platform) => Promise<T>,
): Promise<T> => {
  const cloud = target === undefined ? await startCloud({ progress }) : undefined;
  try {
    const url = cloud?.url ?? target?.replace(/\/$/, '') ?? '';
    say(`platform: ${url}${cloud === undefined ? '' : ' (embedded, for this demo)'}`);
    return await work({ url, tokenUrl: tokenUrl ?? cloud?.tokenUrl ?? new URL('/_local/token', url).href });
  } finally {
    await cloud?.stop();
  }
};
