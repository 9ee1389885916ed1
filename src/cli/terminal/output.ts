import { type OutputFlags, type OutputFormat, outputFormatOf } from './output-format.ts';
import { sanitize, sanitizedJson } from './sanitize.ts';
import { type Cell, textTable } from './table.ts';
import { yamlText } from './yaml.ts';

let isWatched = false;

/** To standard output. A reader that stops reading (`| head`) is not a failure. */
export function write(text: string | Uint8Array): void {
  if (!isWatched) {
    isWatched = true;
    process.stdout.on('error', (error) => {
      if ('code' in error && error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  process.stdout.write(text);
}

/** For the person at the terminal, on standard error: programs that read the output do not get it. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A result as text, where it is not printed for a program. */
export interface OutputViews {
  readonly table: () => string;
  /** Without it, `wide` is the table. */
  readonly wide?: () => string;
  /** One per line. */
  readonly names?: () => readonly string[];
}

/** Prints the response of the manager as it is, or what a person reads of it. */
export function show(flags: OutputFlags, answer: unknown, views: OutputViews): void {
  write(textOf(outputFormatOf(flags), answer, views));
}

function textOf(format: OutputFormat, answer: unknown, { table, wide = table, names }: OutputViews): string {
  switch (format) {
    case 'json':
      return `${sanitizedJson(answer)}\n`;
    case 'yaml':
      return yamlText(answer);
    case 'name':
      return [...new Set(names?.() ?? [])].map((name) => `${sanitize(name)}\n`).join('');
    case 'wide':
      return wide();
    case 'table':
      return table();
    default:
      return format satisfies never;
  }
}

export interface OutputColumn<Item> {
  readonly head: string;
  /** Only with `--output wide`. */
  readonly isWide?: true;
  readonly value: (item: Item) => Cell;
}

export interface ListOutput<Item> {
  readonly columns: readonly OutputColumn<Item>[];
  /** What other commands take to mean this item. */
  readonly name: (item: Item) => string;
}

/** Prints the response of a list. */
export function showList<Item>(
  flags: OutputFlags,
  answer: { readonly resultList: readonly Item[] },
  view: ListOutput<Item>,
): void {
  showItems(flags, { answer, items: answer.resultList }, view);
}

/** The same where the rows are not the items of the response themselves. */
export function showItems<Item>(
  flags: OutputFlags,
  { answer, items }: { readonly answer: unknown; readonly items: readonly Item[] },
  { columns, name }: ListOutput<Item>,
): void {
  const table = (shown: readonly OutputColumn<Item>[]) =>
    textTable(
      shown.map(({ head }) => head),
      items.map((item) => shown.map(({ value }) => value(item))),
    );
  show(flags, answer, {
    table: () => table(columns.filter(({ isWide }) => !isWide)),
    wide: () => table(columns),
    names: () => items.map(name),
  });
}
