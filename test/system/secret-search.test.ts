import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { needlesOf, searchFolder, spellingsOf } from './support/secret-search.ts';
import { removeTemporaryFolders, temporaryFolder } from './support/temporary-folder.ts';

afterAll(removeTemporaryFolders);

describe('the search for secrets', () => {
  test('finds a secret in every spelling, at every offset, in a file among others', async () => {
    const planted = { name: 'planted', bytes: randomBytes(90) };
    const needles = needlesOf([planted]);
    const nested = join(await temporaryFolder(), 'a', 'b');
    await mkdir(nested, { recursive: true });
    await writeFile(join(nested, 'innocent'), randomBytes(100_000));
    const clean = await searchFolder(nested, needles);
    expect(clean).toEqual({ files: ['innocent'], found: [] });
    for (const [spelling] of spellingsOf(planted.bytes)) {
      const [kind, offset = '0'] = spelling.split(', offset ');
      const before = Buffer.alloc(Number(offset), 0x61);
      const whole = Buffer.concat([before, planted.bytes, Buffer.from('zz')]);
      const encoding =
        { raw: undefined, hex: 'hex', HEX: 'hex' }[kind ?? ''] ?? (kind as 'base64' | 'base64url');
      const text = kind === 'raw' ? whole : Buffer.from(whole.toString(encoding as BufferEncoding));
      const file = kind === 'HEX' ? Buffer.from(text.toString().toUpperCase()) : text;
      await writeFile(join(nested, 'guilty'), Buffer.concat([randomBytes(5_000), file, randomBytes(5_000)]));
      const { found } = await searchFolder(nested, needles);
      expect(found, spelling).toContainEqual(expect.stringContaining(`guilty: planted (${kind}`));
    }
  });

  test('finds one that a database keeps in the middle of a long value, in its file or its write-ahead log', async () => {
    const planted = { name: 'planted', bytes: randomBytes(256) };
    const base = await temporaryFolder();
    const database = new Database(join(base, 'some.db'));
    database.pragma('journal_mode = WAL');
    database.exec('create table t (b blob)');
    const value = Buffer.concat([randomBytes(9_000), planted.bytes, randomBytes(9_000)]);
    database.prepare('insert into t values (?)').run(value);
    expect((await searchFolder(base, needlesOf([planted]))).found).toContainEqual(
      expect.stringContaining('some.db-wal'),
    );
    database.close();
    expect((await searchFolder(base, needlesOf([planted]))).found).toContainEqual(
      expect.stringContaining('some.db:'),
    );
  });

  test('fails when it has nothing to look at', async () => {
    const empty = await temporaryFolder();
    await expect(searchFolder(empty, needlesOf([{ name: 'x', bytes: randomBytes(9) }]))).rejects.toThrow(
      'Nothing',
    );
    await writeFile(join(empty, 'file'), 'text');
    await expect(searchFolder(empty, [])).rejects.toThrow('Nothing');
    expect(() => needlesOf([{ name: 'x', bytes: Buffer.from('short') }])).toThrow('too short');
  });
});
