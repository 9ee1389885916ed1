import { sanitize } from './sanitize.ts';

export type Cell = string | number | boolean | null | undefined;

/** Stands for no value, so that programs and people still find the column. */
const nothing = '-';

/** Aligned columns, with two spaces between them. */
export function textTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows.map((row) => row.map(cellText))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines.map((line) => lineText(line, widths)).join('');
}

/** One fact per line, with its name before it. Facts without a value are left out. */
export function factLines(facts: readonly (readonly [name: string, value: Cell])[]): string {
  const known = facts.filter(([, value]) => value !== undefined && value !== null && value !== '');
  const width = Math.max(0, ...known.map(([name]) => widthOf(name)));
  return known.map(([name, value]) => lineText([name, cellText(value)], [width])).join('');
}

function lineText(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map(
    (cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))),
  );
  return `${padded.join('  ').trimEnd()}\n`;
}

function cellText(value: Cell): string {
  if (value === undefined || value === null || value === '') return nothing;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return sanitize(String(value));
}

/** Columns of a terminal: East Asian wide characters take two, combining marks none. */
function widthOf(text: string): number {
  let width = 0;
  for (const sign of text)
    width += /\p{M}/u.test(sign)
      ? 0
      : /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
            sign,
          )
        ? 2
        : 1;
  return width;
}
