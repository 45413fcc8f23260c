// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of source files
import type { Mutant } from '../mutants.ts';

/** Mistakes in leads, truck holds and deposits. */
export const leadMutants: readonly Mutant[] = [
  {
    mistake: 'a calendar is written over what others wrote',
    file: 'functions/marketplace/calendar/calendar-store.ts',
    from: "condition: '#version = :version'",
    to: "condition: '#version = :version OR #version <> :version'",
  },
  {
    mistake: 'a hold that lapsed is removed from one of its months only',
    file: 'functions/marketplace/calendar/calendar-month.ts',
    from: 'if (!ids.has(id) && overlaps(blocked, span)) found.delete(id);',
    to: 'if (!ids.has(id) && !overlaps(blocked, span)) found.delete(id);',
  },
  {
    mistake: 'time is taken by rules that the truck has changed',
    file: 'functions/marketplace/truck-holds/truck-hold.ts',
    from: '...(taken.isOwn ? [] : [truckAsRead(truck)])',
    to: '...(taken.isOwn || truckAsRead(truck) !== undefined ? [] : [truckAsRead(truck)])',
  },
  {
    mistake: 'a step does not ask whether the lead is as it was read',
    file: 'functions/marketplace/leads/lead-store.ts',
    from: 'condition: `#revision = :revision AND #status IN',
    to: 'condition: `(#revision = :revision OR #revision <> :revision) AND #status IN',
  },
  {
    mistake: 'a lead is extended over the hold of another',
    file: 'functions/marketplace/truck-holds/truck-hold.ts',
    from: "      if (own === undefined) return { kind: 'outcome', outcome: { kind: 'expired' } };\n      return {\n        kind: 'edit',\n        edit: { kind: 'put', entry: { ...own, until } },",
    to: "      return {\n        kind: 'edit',\n        edit: { kind: 'put', entry: { id: lead.leadId, kind: 'hold', shown: lead.window, place: lead.place, unit: hold.unit, blocked: hold.blocked, ...own, until } },",
  },
  {
    mistake: 'a side accepts its own offer',
    file: 'functions/marketplace/leads/lead-decisions.ts',
    from: "  if (quote.by === party) return { kind: 'own_quote' };",
    to: '',
  },
  {
    mistake: 'whatever offer is named, the latest is accepted',
    file: 'functions/marketplace/leads/lead-decisions.ts',
    from: "  if (quote.version !== quoteVersion) return { kind: 'outdated_quote', latestVersion: quote.version };",
    to: '  void quoteVersion;',
  },
  {
    mistake: 'a declined lead keeps its time',
    file: 'functions/marketplace/leads/lead-decisions.ts',
    from: "      return step('decline', { endedBy: party, reason }, release, reason);",
    to: "      return step('decline', { endedBy: party, reason }, keep, reason);",
  },
  {
    mistake: 'a deposit that comes too late is captured',
    file: 'functions/marketplace/deposits/deposit-due.ts',
    from: "      return status === 'expired' ? 'void' : 'capture';",
    to: "      return 'capture';",
  },
  {
    mistake: 'a deposit of a lead that ended can still be paid',
    file: 'functions/marketplace/deposits/deposit-due.ts',
    from: "      return status === 'expired' ? 'void' : 'nothing';",
    to: "      return 'nothing';",
  },
  {
    mistake: 'what was taken for a lead that has ended is kept',
    file: 'functions/marketplace/deposits/deposit-due.ts',
    from: "status === 'expired' ? 'promise_refund' : 'nothing'",
    to: "'nothing'",
  },
  {
    mistake: 'a booking is made though its time was lost',
    file: 'functions/marketplace/deposits/deposit.ts',
    from: "  return decision === 'give' && !isTimeLost && window.from >= now",
    to: "  return decision === 'give' && window.from >= now",
  },
  {
    mistake: 'a truck that calls off gives back by its policy only',
    file: 'functions/marketplace/leads/cancellation-policy.ts',
    from: "  if (by === 'truck') return captured;",
    to: '',
  },
  {
    mistake: 'the machine of a later stage is not started',
    file: 'functions/marketplace/leads/start-machines.ts',
    from: 'toLead(before).stage === lead.stage',
    to: 'toLead(before).leadId === lead.leadId',
  },
  {
    mistake: 'a truck is asked twice about a brief',
    file: 'functions/marketplace/leads/create-lead.ts',
    from: '        ? absent',
    to: '        ? {}',
  },
];
