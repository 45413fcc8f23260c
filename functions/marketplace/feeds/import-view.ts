import { intervalView } from '../views.ts';
import type { ImportItem, SkippedTime } from './calendar-import.ts';

const skippedView = (skipped: SkippedTime) => {
  const { from, to, reason } = skipped;
  const common = intervalView({ from, to });
  if (reason === 'CALENDAR_FULL') return { ...common, reason };
  const { kind, ...conflict } = skipped.conflict;
  return { ...common, reason, conflict: { ...intervalView(conflict), kind } };
};

/** An import as the API shows it: neither its address nor what it will write. */
export const importView = (item: ImportItem) => ({
  id: item.importId,
  source: item.source,
  status: item.status,
  createdAt: item.createdAt,
  ...(item.finishedAt !== undefined && { finishedAt: item.finishedAt }),
  ...(item.url !== undefined && { host: new URL(item.url).host }),
  ...(item.imported !== undefined && { imported: item.imported }),
  ...(item.skipped !== undefined && { skipped: item.skipped.map(skippedView) }),
  ...(item.ignored !== undefined && { ignored: item.ignored }),
  ...(item.fault !== undefined && { fault: item.fault }),
});
