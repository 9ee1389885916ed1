// A delivery that only removes files is a change: the component is notified, and the report says what is there now. What a
// crash left is removed by the next look, without a change.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { files } from '../../src/outlets/kinds/files.ts';
import type { WrittenFiles } from '../../src/outlets/kinds/outlet-kind.ts';
import { ProjectFolder } from '../../src/outlets/kinds/project-folder.ts';
import { startTestManager, type TestManager, until } from '../support/manager.ts';

let outletDir: string;

beforeAll(async () => {
  outletDir = await mkdtemp(join(tmpdir(), 'keyplane-outlets-'));
});

afterAll(async () => {
  await rm(outletDir, { recursive: true, force: true });
});

describe.each(['RENAME', 'SYMLINK'])('the layout %s', (layout) => {
  const target = { path: layout, layout, afterChange: { touch: `touched-${layout}` } };
  const place = () => join(outletDir, 'Own', layout);
  const touched = () => join(outletDir, 'Own', `touched-${layout}`);
  let before: WrittenFiles | undefined;

  const deliver = async (names: readonly string[]) => {
    const delivered = await files.deliver(
      {
        target,
        content: 'PEM_PUBLIC',
        artifact: { form: 'FOLDER', files: new Map(names.map((name) => [name, Buffer.from(name)])) },
        force: false,
        before,
        willWrite: async () => {},
      },
      new ProjectFolder(outletDir, 'Own'),
    );
    before = delivered.written;
    return delivered.changed;
  };
  const isTouched = async () => (await stat(touched()).catch(() => undefined)) !== undefined;

  test('notifies the component of a file that is removed', async () => {
    await mkdir(join(outletDir, 'Own'), { recursive: true });
    expect(await deliver(['former.pem', 'own.pem'])).toBe(true);
    await unlink(touched());
    expect(await deliver(['own.pem'])).toBe(true);
    expect(await readdir(place())).not.toContain('former.pem');
    expect(await isTouched()).toBe(true);
  });

  test('notifies the component of a file that another program removed', async () => {
    await unlink(touched());
    await unlink(join(place(), 'own.pem'));
    expect(await deliver(['own.pem'])).toBe(true);
    expect(await readdir(place())).toContain('own.pem');
    expect(await isTouched()).toBe(true);
  });

  test('notifies nothing where everything is there', async () => {
    await unlink(touched());
    expect(await deliver(['own.pem'])).toBe(false);
    expect(await isTouched()).toBe(false);
  });

  test('leaves nothing of a delivery that a crash ended, where everything is there', async () => {
    const names = async () => (await readdir(place())).sort();
    const right = await names();
    await writeFile(join(place(), '..keyplane.own.pem'), 'a part');
    if (layout === 'SYMLINK') {
      await mkdir(join(place(), '..keyplane-0123456789abcdef'));
      await writeFile(join(place(), '..keyplane-0123456789abcdef', 'own.pem'), 'a part');
      await symlink('own.pem', join(place(), '..keyplane...data'));
    }
    expect(await deliver(['own.pem'])).toBe(false);
    expect(await names()).toEqual(right);
  });
});

describe('a node', () => {
  let world: TestManager;

  beforeAll(async () => {
    world = await startTestManager({ environments: ['gate'] });
    await world.addNode('gate', 'g1', { outletDir });
  });
  afterAll(() => world?.close());

  test('reports the digest of a folder that a key left when it expired', async () => {
    const { api } = world;
    const base = '/apiops/projects/MyProject';
    const made = await api('POST', `${base}/jwks/generate`, {
      name: 'brief',
      type: 'EC',
      ec: { curveType: 'P256', expirationTime: new Date(Date.now() + 4000).toISOString() },
    });
    expect(made.body).toMatchObject({ success: true });
    const source = { jwkName: 'brief' };
    const outlet = { name: 'brief', kind: 'FILES', source, content: 'PEM_PUBLIC', target: { path: 'brief' } };
    expect((await api('POST', `${base}/outlets/`, outlet)).body).toMatchObject({ success: true });
    const folder = join(outletDir, 'MyProject', 'brief');
    const names = async () => readdir(folder).catch(() => ['none yet']);
    await until(async () => (await names()).includes('current.pem'), 'the key is delivered');
    await until(async () => (await names()).length === 0, 'the key has expired');
    const digest = createHash('sha256').update('').digest('hex');
    await until(async () => {
      const [delivery] = (await api('GET', `${base}/outlets/brief/`)).body.resultList[0].environments;
      return delivery.state === 'CURRENT' && delivery.digest === digest;
    }, 'its digest is that of no files');
  });
});
