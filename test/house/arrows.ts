import { type Import, importsOf } from './imports.ts';
import { commonFiles, rootRooms } from './rooms.ts';
import type { SourceFile } from './source-file.ts';
import type { Verdict } from './verdict.ts';

export type ArrowTable = Readonly<Record<string, readonly string[]>>;

/** The room of a path of the repository, `common` for what all may import; undefined outside of src/. */
export function roomOf(path: string): string | undefined {
  const [top, room = '', ...rest] = path.split('/');
  if (top !== 'src') return undefined;
  if (room === 'runtime' && rest.length > 0) return 'common';
  if (rest.length > 0) return room;
  return commonFiles.includes(room) ? 'common' : (rootRooms[room] ?? room);
}

/** Imports that leave their room, other than for what is common. Starting a new process is no import. */
export function roomCrossings(files: readonly SourceFile[]): Import[] {
  return files
    .flatMap(importsOf)
    .filter(({ relative, from, to }) => relative && roomOf(from) !== roomOf(to))
    .filter(({ to, kind }) => roomOf(to) !== 'common' && !(kind === 'start' && to === 'src/main.ts'));
}

export function checkArrows(files: readonly SourceFile[], table: ArrowTable): Verdict {
  const crossings = roomCrossings(files).filter(({ to }) => to !== 'package.json');
  const breaches = crossings
    .filter((crossing) => !allowancesOf(crossing, table).some((allowance) => covers(allowance, crossing)))
    .map(({ from, to, kind }) => `${from}: may not import ${to} (${kind})`);
  return { looked: crossings.length, breaches };
}

/** Allowed arrows that no import needs. */
export function unusedArrows(files: readonly SourceFile[], table: ArrowTable): Verdict {
  const crossings = roomCrossings(files);
  const allowances = Object.entries(table).flatMap(([room, list]) =>
    list.map((allowance) => ({ room, allowance })),
  );
  const breaches = allowances
    .filter(
      ({ room, allowance }) => !crossings.some((one) => roomOf(one.from) === room && covers(allowance, one)),
    )
    .map(({ room, allowance }) => `${room}: needs no arrow to ${allowance}`);
  return { looked: allowances.length, breaches };
}

function allowancesOf({ from }: Import, table: ArrowTable): readonly string[] {
  return table[roomOf(from) ?? ''] ?? [];
}

function covers(allowance: string, { to, kind }: Import): boolean {
  const typesOnly = allowance.startsWith('type ');
  if (typesOnly && kind !== 'type') return false;
  const target = typesOnly ? allowance.slice('type '.length) : allowance;
  const path = to.replace(/^src\//, '');
  return roomOf(to) === target || path === target || path.startsWith(`${target}/`);
}
