/** What is wrong with a calendar file, and in which of its lines (the first is 1). */
export interface CalendarFault {
  readonly line: number;
  readonly reason: string;
}

/** Ends the reading of a file; `readTimes` makes the fault of it. */
export class WrongCalendar extends Error {
  readonly fault: CalendarFault;

  constructor(line: number, reason: string) {
    super(`Line ${line}: ${reason}`);
    this.fault = { line, reason };
  }
}
