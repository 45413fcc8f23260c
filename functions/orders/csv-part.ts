import { stringify } from 'csv-stringify/sync';

/**
 * A part of a document as CSV (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe
 * (OWASP, "CSV Injection"). The first part has the names of the columns, and the mark by which spreadsheets know
 * UTF-8; parts put one after the other are one file.
 */
export const csvPart = <Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string>>[],
  isFirst: boolean,
): string =>
  stringify([...rows], {
    columns: [...columns],
    header: isFirst,
    bom: isFirst,
    record_delimiter: 'windows',
    escape_formulas: true,
    // A single one of either is a new row to many a spreadsheet, which could begin with a formula.
    quoted_match: /[\r\n]/,
  });
