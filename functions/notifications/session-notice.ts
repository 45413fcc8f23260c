import type { SessionFacts } from '../catalog/contracts.ts';
import type { Guarantee } from './mail-ledger.ts';
import type { Locale, SessionNoticeFacts } from './templates/facts.ts';
import type { MailText } from './templates/render.ts';
import { sessionCancelledMail } from './templates/session-cancelled.ts';
import { sessionPostponedMail } from './templates/session-postponed.ts';
import { sessionReminderMail } from './templates/session-reminder.ts';
import { sessionRescheduledMail } from './templates/session-rescheduled.ts';

export const noticeKinds = ['cancelled', 'postponed', 'rescheduled', 'reminder'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Something that all holders of tickets of a session are told. */
export interface Notice {
  /** Each holder is told once under this id. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly sessionId: string;
  /** When the session starts, as the notice tells it (ISO 8601). */
  readonly startsAt: string;
  /** When it became true (ISO 8601): tickets that had ended before are not concerned. */
  readonly at: string;
}

/** What holders of tickets know of a session: as they were told last. */
export interface Told {
  readonly status: SessionFacts['status'];
  readonly startsAt: string;
  /** Sequence of the session that they were told of. */
  readonly sequence: number;
}

/** What holders are to be told when a session becomes `now`; nothing when they know it. */
export const noticeOfChange = (
  told: Pick<Told, 'status' | 'startsAt'> | undefined,
  now: Pick<Told, 'status' | 'startsAt'>,
): NoticeKind | undefined => {
  if (now.status === 'cancelled') return told?.status === 'cancelled' ? undefined : 'cancelled';
  if (now.status === 'postponed') return told?.status === 'postponed' ? undefined : 'postponed';
  // Without tickets nobody was told anything: an update is no news to anybody.
  if (now.status !== 'published' || told === undefined) return undefined;
  return told.status === 'postponed' || told.startsAt !== now.startsAt ? 'rescheduled' : undefined;
};

/** Whether a notice still tells the truth: what was overtaken by another is not sent. */
export const isStillTrue = (
  { kind, startsAt }: Pick<Notice, 'kind' | 'startsAt'>,
  session: Pick<SessionFacts, 'status' | 'startsAt'>,
): boolean => {
  if (kind === 'cancelled') return session.status === 'cancelled';
  if (kind === 'postponed') return session.status === 'postponed';
  return session.status === 'published' && session.startsAt === startsAt;
};

/** One id for all that tells of it: the session itself, and each order that ends with it. */
export const cancelledNoticeId = (sessionId: string): string => `${sessionId}/cancelled`;

interface NoticeMail {
  readonly render: (facts: SessionNoticeFacts, locale: Locale) => MailText;
  /** A second reminder annoys; a missing cancellation makes people travel. */
  readonly guarantee: Guarantee;
}

export const noticeMails: Readonly<Record<NoticeKind, NoticeMail>> = {
  cancelled: { render: sessionCancelledMail, guarantee: 'at_least_once' },
  postponed: { render: sessionPostponedMail, guarantee: 'at_least_once' },
  rescheduled: { render: sessionRescheduledMail, guarantee: 'at_least_once' },
  reminder: { render: sessionReminderMail, guarantee: 'at_most_once' },
};
