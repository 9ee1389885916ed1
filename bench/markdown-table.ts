import { type BenchRow, goalText, verdictOn } from './bench-row.ts';

const head = ['what', 'keyplane', 'yardstick', 'ratio', 'goal', 'verdict', 'note'];

/** The rows as a Markdown table whose columns also line up as plain text. */
export function markdownTable(rows: readonly BenchRow[]): string {
  const cells = [
    head,
    ...rows.map((row) => [
      row.name,
      row.ours,
      row.yardstick,
      row.ratio.toFixed(2),
      goalText(row),
      verdictOn(row),
      row.note ?? '',
    ]),
  ];
  return alignedTable(cells);
}

/** The first row is the head. */
export function alignedTable(cells: readonly (readonly string[])[]): string {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n`;
  return `${line(cells[0] ?? [])}${rule}${cells.slice(1).map(line).join('')}`;
}
