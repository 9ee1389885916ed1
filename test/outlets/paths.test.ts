// Attacks on the paths of outlets, and on the files that a component is notified by.

import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { requireFreePlace } from '../../src/outlets/claims.ts';
import { notify, tryNotify } from '../../src/outlets/kinds/after-change.ts';
import { files } from '../../src/outlets/kinds/files.ts';
import { ProjectFolder } from '../../src/outlets/kinds/project-folder.ts';

let outletDir: string;
let folder: ProjectFolder;

beforeEach(async () => {
  outletDir = await mkdtemp(join(tmpdir(), 'keyplane-outlet-'));
  folder = new ProjectFolder(outletDir, 'MyProject');
  await mkdir(join(outletDir, 'MyProject'));
});

afterEach(() => rm(outletDir, { recursive: true, force: true }));

const attacks = [
  '../other/jwks.json',
  'a/../../b',
  '/etc/passwd',
  './a',
  'a/.',
  '..',
  '..data/x',
  '..keyplane-0000000000000000',
  'a//b',
  'a/',
  'a\\b',
  'a\0b',
  'a\nb',
  'C:x',
  '~root',
  'a b',
  '\u202egnp.exe',
  `${'x'.repeat(201)}`,
  Array(17).fill('a').join('/'),
];

test.each(attacks)('the path %j is rejected, by the manager and by the node', async (path) => {
  for (const target of [
    { path, layout: 'RENAME' },
    { path: 'a', layout: 'RENAME', afterChange: { touch: path } },
    { path: 'a', layout: 'RENAME', afterChange: { signal: 'SIGHUP', pidFile: path } },
  ]) {
    expect(() => files.readTarget(target, 'JWKS')).toThrow(/is not valid!/);
  }
  if (path.split('/').length < 17)
    await expect(folder.touch(path)).rejects.toThrow('is no path below a folder!');
});

test.each([
  [{ touch: 'a/b' }, 'touch'],
  [{ touch: 'a' }, 'touch'],
  [{ touch: 'a/b/c' }, 'touch'],
  [{ signal: 'SIGHUP', pidFile: 'a/b' }, 'pidFile'],
])('a file a/b that is also %j is rejected', (afterChange, member) => {
  expect(() => files.readTarget({ path: 'a/b', afterChange }, 'JWKS')).toThrow(
    expect.objectContaining({
      message: `target.afterChange.${member} is not valid! The outlet has its own file there: a/b`,
      member: `target.afterChange.${member}`,
    }),
  );
});

test('a file can be touched in a folder of PEM files', () => {
  const target = { path: 'a/b', layout: 'RENAME', afterChange: { touch: 'a/b/changed' } };
  expect(files.readTarget(target, 'PEM_PUBLIC')).toEqual(target);
});

test('a project whose name is no folder reaches nothing', async () => {
  for (const project of ['..', '.', '', 'a/b']) {
    await expect(new ProjectFolder(outletDir, project).touch('x')).rejects.toThrow(
      'is no path below a folder!',
    );
  }
});

test('a link on the way is not followed, also where it leads back into the project', async () => {
  const own = join(outletDir, 'MyProject');
  await mkdir(join(own, 'real'));
  await symlink('real', join(own, 'linked'));
  await expect(folder.touch('linked/file')).rejects.toThrow('linked is a symbolic link');
  await symlink('/tmp', join(own, 'out'));
  await expect(folder.read('out/file', 10)).rejects.toThrow('out is a symbolic link');
});

test('a folder that is replaced by a link while it is open leads nowhere else', async () => {
  const own = join(outletDir, 'MyProject', 'envoy');
  const outside = join(outletDir, 'outside');
  await mkdir(own);
  await mkdir(outside);
  await folder.within('envoy/file', true, async (open, name) => {
    await rm(own, { recursive: true });
    await symlink(outside, own);
    await open.replace(name, Buffer.from('x'), 0o600).catch(() => undefined);
  });
  await expect(stat(join(outside, 'file'))).rejects.toThrow('ENOENT');
});

describe('a pid file', () => {
  const signal = { signal: 'SIGHUP', pidFile: 'app.pid' } as const;
  const pidPath = () => join(outletDir, 'MyProject', 'app.pid');

  test.each(['0', '1', '-1', '-42', '', 'x', '1 2', '0x10', '1e3', '99999999999'])(
    'with %j signals nothing',
    async (text) => {
      // A broken guard must not signal the processes of this machine.
      const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
      await writeFile(pidPath(), text);
      await expect(notify(folder, signal)).rejects.toThrow(
        'Pid file app.pid does not name a process above 1!',
      );
      expect(kill).not.toHaveBeenCalled();
      kill.mockRestore();
    },
  );

  test('of the node signals nothing, and that of the process which started the node does', async () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    await writeFile(pidPath(), String(process.pid));
    await expect(notify(folder, signal)).rejects.toThrow('Pid file app.pid names the node itself!');
    expect(kill).not.toHaveBeenCalled();
    await writeFile(pidPath(), String(process.ppid));
    await notify(folder, signal);
    expect(kill.mock.calls).toEqual([[process.ppid, 'SIGHUP']]);
    kill.mockRestore();
  });

  test('is tried without a signal', async () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    await writeFile(pidPath(), '4242');
    await tryNotify(folder, signal);
    expect(kill.mock.calls).toEqual([[4242, 0]]);
    kill.mockRestore();
    await writeFile(pidPath(), '1');
    await expect(tryNotify(folder, signal)).rejects.toThrow('does not name a process above 1!');
  });

  test('that is a link is not read', async () => {
    const real = join(outletDir, 'real.pid');
    await writeFile(real, '4242');
    await symlink(real, pidPath());
    await expect(notify(folder, signal)).rejects.toThrow('Pid file app.pid does not exist!');
  });

  test('of a process that ended is an error that names the signal', async () => {
    await writeFile(pidPath(), '4194304');
    await expect(notify(folder, signal)).rejects.toThrow('does not take SIGHUP (ESRCH)!');
  });
});

test('a touched file is tried without a touch', async () => {
  const own = join(outletDir, 'MyProject');
  await tryNotify(folder, { touch: 'java/changed' });
  expect(await readdir(own)).toEqual([]);
  await symlink('/tmp', join(own, 'link'));
  await expect(tryNotify(folder, { touch: 'link' })).rejects.toThrow('ELOOP');
});

describe('two outlets of a project', () => {
  const outlet = (id: string, target: object, content: 'JWKS' | 'PEM_PUBLIC' = 'JWKS') => ({
    id,
    name: id,
    kind: 'FILES' as const,
    content,
    target: files.readTarget({ layout: 'RENAME', ...target }, content),
  });

  test.each([
    [{ path: 'a/b' }, { path: 'a/b' }],
    [{ path: 'a/b' }, { path: 'A/B' }],
    [{ path: 'a' }, { path: 'a/b' }],
    [{ path: 'a/b' }, { path: 'c', afterChange: { touch: 'a/b' } }],
    [
      { path: 'a/b', layout: 'SYMLINK' },
      { path: 'a/c', layout: 'SYMLINK' },
    ],
  ])('cannot have %j and %j', (one, other) => {
    const others = [outlet('one', one)];
    expect(() => requireFreePlace(outlet('other', other), others)).toThrow(
      'is already used by outlet (name: one)!',
    );
  });

  test('can touch one file', () => {
    const touch = { afterChange: { touch: 'changed' } };
    const others = [outlet('one', { path: 'a', ...touch })];
    expect(() => requireFreePlace(outlet('other', { path: 'b', ...touch }), others)).not.toThrow();
  });
});
