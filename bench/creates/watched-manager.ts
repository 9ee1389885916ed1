// A measured manager that also reports its processor time and the statements it gave its database, each since it was
// last asked, and profiles itself on demand.

import { Session } from 'node:inspector/promises';
import pg from 'pg';
import { SqliteConnection } from '../../src/store/sqlite/sqlite-connection.ts';
import type { CpuProfile } from './profile-parts.ts';

export type WatchQuestion = 'used' | 'statements' | 'start profile' | 'end profile';

export interface CpuUsed {
  readonly cpuMs: number;
  readonly statements: number;
}

/** Each text as often as it was given. */
let texts: string[] = [];
const { run } = SqliteConnection.prototype;
SqliteConnection.prototype.run = function watched(this: SqliteConnection, ...args: Parameters<typeof run>) {
  texts.push(args[0]);
  return run.apply(this, args);
} as typeof run;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function watched(this: pg.Client, ...args: unknown[]) {
  const [first] = args;
  texts.push(typeof first === 'string' ? first : String((first as { text?: unknown }).text));
  return Reflect.apply(query, this, args);
} as typeof query;

let before = process.cpuUsage();
const session = new Session();
session.connect();

const answers: Readonly<Record<WatchQuestion, () => unknown>> = {
  used(): CpuUsed {
    const { user, system } = process.cpuUsage(before);
    const statements = texts.length;
    texts = [];
    before = process.cpuUsage();
    return { cpuMs: (user + system) / 1e3, statements };
  },
  statements() {
    const given = texts;
    texts = [];
    return given;
  },
  async 'start profile'() {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 250 });
    await session.post('Profiler.start');
    return true;
  },
  async 'end profile'(): Promise<CpuProfile> {
    const { profile } = await session.post('Profiler.stop');
    await session.post('Profiler.disable');
    return profile;
  },
};

process.on('message', (question: WatchQuestion) => {
  if (!Object.hasOwn(answers, question)) return;
  void Promise.resolve(answers[question]()).then((answer) => process.send?.(answer));
});

await import('../measured-manager.ts');
