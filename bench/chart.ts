/** A row of a chart: its label, and its parts one after the other. */
export interface Row {
  readonly label: string;
  readonly parts: readonly { readonly value: number; readonly color: string }[];
}

const rowHeight = 28;
/** Of a letter at this size, as wide as sans-serif fonts are at most on average. */
const letterWidth = 7;
const barWidth = 330;

/** Horizontal bars as SVG, the sum of each row’s parts beside it. */
export const drawChart = (
  title: string,
  rows: readonly Row[],
  digits: number,
  legend: readonly { readonly name: string; readonly color: string }[] = [],
): string => {
  const sums = rows.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const most = Math.max(...sums, Number.MIN_VALUE);
  const top = legend.length === 0 ? 40 : 64;
  const labelWidth = 20 + letterWidth * Math.max(...rows.map(({ label }) => label.length));
  const bars = rows.map(({ label, parts }, index) => {
    const y = top + index * rowHeight;
    let x = labelWidth;
    const rectangles = parts.map(({ value, color }) => {
      const width = (value / most) * barWidth;
      const rectangle = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="20" fill="${color}"/>`;
      x += width;
      return rectangle;
    });
    const sum = (sums[index] ?? 0).toLocaleString('en', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return `<text x="${labelWidth - 10}" y="${y + 15}" text-anchor="end">${label}</text>${rectangles.join('')}<text x="${(x + 6).toFixed(1)}" y="${y + 15}">${sum}</text>`;
  });
  const names = legend.map(
    ({ name, color }, index) =>
      `<rect x="${labelWidth + index * 85}" y="38" width="12" height="12" fill="${color}"/><text x="${labelWidth + 16 + index * 85}" y="49">${name}</text>`,
  );
  const height = top + 10 + rows.length * rowHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${labelWidth + barWidth + 100} ${height}" font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/><text x="${labelWidth}" y="24" font-size="15">${title}</text>${names.join('')}${bars.join('')}</svg>\n`;
};
