// Outlets on a file system that is full, or read-only: what was delivered before stays, nothing else does, and the next attempt
// succeeds.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { deliveryErrorText } from '../../src/node/outlets/delivery-error.ts';
import type { Artifact } from '../../src/outlets/content/artifact.ts';
import { type OutletContent, traitsOf } from '../../src/outlets/content/outlet-content.ts';
import { envoy } from '../../src/outlets/kinds/envoy.ts';
import { files } from '../../src/outlets/kinds/files.ts';
import type { NodeOutletKind, WrittenFiles } from '../../src/outlets/kinds/outlet-kind.ts';
import { ProjectFolder } from '../../src/outlets/kinds/project-folder.ts';
import type { OutletJson } from '../../src/outlets/outlet-source.ts';
import { SmallFileSystem } from './support/small-file-system.ts';

const disk = SmallFileSystem.mount();
afterAll(() => disk?.unmount());

interface Outlet {
  readonly kind: NodeOutletKind;
  readonly content: OutletContent;
  readonly target: OutletJson;
}

const outlets: readonly Outlet[] = [
  { kind: files, content: 'JWKS', target: { path: 'set/jwks.json', layout: 'RENAME' } },
  { kind: files, content: 'JWKS', target: { path: 'linked/jwks.json', layout: 'SYMLINK' } },
  { kind: files, content: 'PEM_PRIVATE', target: { path: 'keys', layout: 'RENAME' } },
  { kind: files, content: 'PEM_PRIVATE', target: { path: 'linked-keys', layout: 'SYMLINK' } },
  { kind: envoy, content: 'TOKEN', target: { path: 'envoy/token.json', secretName: 'token' } },
];

describe.skipIf(disk === undefined).each(outlets)('$kind.name with $content at $target.path', (outlet) => {
  const { kind, content, target } = outlet;
  const folder = new ProjectFolder(disk?.folder ?? '', 'MyProject');
  const own = join(disk?.folder ?? '', 'MyProject');
  const path = String(target.path);
  const file = join(own, traitsOf(content).isFolder ? `${path}/current.pem` : path);
  let before: WrittenFiles | undefined;

  async function deliver(text: string): Promise<void> {
    const willWrite = async (written: WrittenFiles) => {
      before = written;
    };
    const artifact = artifactOf(content, text);
    ({ written: before } = await kind.deliver(
      { target, content, artifact, force: false, before, willWrite },
      folder,
    ));
  }
  const failure = (text: string) => deliver(text).then(() => undefined, deliveryErrorText);
  const probed = (text: string) =>
    kind
      .probe({ target, content, artifact: artifactOf(content, text) }, folder)
      .then(() => undefined, deliveryErrorText);
  const names = async () => (await readdir(own, { recursive: true })).sort();

  afterEach(async () => {
    if (before) await kind.remove(before, folder);
    before = undefined;
  });

  test('is FAILING while the disk is full, keeps what it delivered, and leaves no part of a file', async () => {
    await deliver('one');
    const there = await names();
    await disk?.fill();
    try {
      for (let attempt = 0; attempt < 3; attempt += 1) {
        expect(await failure('two')).toBe('The files could not be written: the disk is full (ENOSPC)!');
      }
      expect(await probed('two')).toBe('The files could not be written: the disk is full (ENOSPC)!');
      expect(await readFile(file, 'utf8')).toBe(textOf('one'));
      expect(await names()).toEqual(there);
    } finally {
      await disk?.empty();
    }
    await deliver('two');
    expect(await readFile(file, 'utf8')).toBe(textOf('two'));
  });

  test('is FAILING while the file system is read-only, and keeps what it delivered', async () => {
    await deliver('one');
    disk?.allow('ro');
    try {
      expect(await failure('two')).toBe(
        'The files could not be written: the file system is read-only (EROFS)!',
      );
      expect(await failure('one')).toBeUndefined();
      expect(await probed('one')).toBe(
        'The files could not be written: the file system is read-only (EROFS)!',
      );
      expect(await readFile(file, 'utf8')).toBe(textOf('one'));
    } finally {
      disk?.allow('rw');
    }
    await deliver('two');
    expect(await readFile(file, 'utf8')).toBe(textOf('two'));
  });
});

/** Of a few pages: a file that has room in its inode needs no disk. */
function textOf(text: string): string {
  return text.repeat(2_000);
}

function artifactOf(content: OutletContent, text: string): Artifact {
  const bytes = Buffer.from(textOf(text));
  if (!traitsOf(content).isFolder) return { form: 'FILE', bytes };
  return { form: 'FOLDER', files: new Map([['current.pem', bytes]]) };
}
