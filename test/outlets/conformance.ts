// What every kind of outlet that nodes deliver does. Kinds that the manager delivers have the rules of the same interface.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Artifact } from '../../src/outlets/content/artifact.ts';
import { type OutletContent, traitsOf } from '../../src/outlets/content/outlet-content.ts';
import { fieldsWith, type OutletField } from '../../src/outlets/kinds/outlet-field.ts';
import type { NodeOutletKind, OutletKind, WrittenFiles } from '../../src/outlets/kinds/outlet-kind.ts';
import { ProjectFolder } from '../../src/outlets/kinds/project-folder.ts';
import type { OutletJson } from '../../src/outlets/outlet-source.ts';

export interface ConformingKind<Kind extends OutletKind> {
  readonly kind: Kind;
  readonly content: OutletContent;
  /** As a request gives it. */
  readonly target: OutletJson;
  readonly credential?: OutletJson;
}

/** Of every kind. */
export function conformsToRules({ kind, content, target, credential }: ConformingKind<OutletKind>): void {
  describe(`the rules of ${kind.name}`, () => {
    test('its contents have sources', () => {
      expect(kind.contents).toContain(content);
      for (const one of kind.contents) expect(kind.sources(one).length).toBeGreaterThan(0);
    });

    test('a target is read to what is read again to the same', () => {
      const read = kind.readTarget(target, content);
      expect(kind.readTarget(read, content)).toEqual(read);
    });

    test('a member of the target that the kind does not know is rejected by name', () => {
      expect(() => kind.readTarget({ ...target, surprise: 1 }, content)).toThrow(
        'target.surprise is unknown!',
      );
    });

    test('an empty target is rejected by a member', () => {
      expect(() => kind.readTarget({}, content)).toThrow(/^target\.\w+ (can not be empty|is not valid)!/);
    });

    test('its fields are the members that it takes, with each content', () => {
      const fields = kind.fields.flat();
      expect(membersOf(fieldsWith(kind.fields, content), 'target')).toEqual(
        knownIn(() => kind.readTarget({ ...target, surprise: 1 }, content)),
      );
      for (const { member, contents = [] } of fields) {
        expect([member, kind.contents]).toEqual([member, expect.arrayContaining([...contents])]);
      }
      for (const one of kind.contents) {
        const names = membersOf(fieldsWith(kind.fields, one), 'credential');
        expect([one, names.length > 0]).toEqual([one, kind.takesCredential(one)]);
      }
      expect(kind.words.credential !== undefined).toBe(
        kind.contents.some((one) => kind.takesCredential(one)),
      );
    });

    test('a field depends on a choice that there is, and what is secret is a credential', () => {
      const fields = kind.fields.flat();
      for (const { member, when, input } of fields) {
        if (input.type === 'SECRET') expect(member).toMatch(/^credential\./);
        if (when === undefined) continue;
        const choice = fields.find((one) => one.member === when.member)?.input;
        expect(choice?.type === 'CHOICE' && choice.options.map(({ value }) => value)).toContain(when.is);
      }
    });

    test('it has a credential or takes none', () => {
      expect(kind.takesCredential(content)).toBe(credential !== undefined);
      if (credential === undefined) return;
      const at = { now: new Date(), former: null };
      expect(kind.readCredential(credential, at)).toEqual(credential);
      const known = knownIn(() => kind.readCredential({ ...credential, surprise: 1 }, at));
      const fitting = kind.fields
        .flat()
        .filter(({ when }) => when === undefined || credential[when.member.split('.')[1] ?? ''] === when.is);
      expect(membersOf(fitting, 'credential').toSorted()).toEqual(known.toSorted());
    });
  });
}

/** The outermost members of a target or a credential, each once. */
function membersOf(fields: readonly OutletField[], of: 'target' | 'credential'): readonly string[] {
  const own = fields.filter(({ member }) => member.startsWith(`${of}.`));
  return [...new Set(own.map(({ member }) => member.split('.')[1] ?? ''))];
}

/** What the text of a rejection names. */
function knownIn(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    const names = /\.surprise is unknown! Known: (.*)$/.exec((error as Error).message)?.[1];
    if (names !== undefined) return names.split(', ');
    throw error;
  }
  throw new Error('an unknown member was accepted');
}

/** Of kinds that nodes deliver. */
export function conformsAtNodes(conforming: ConformingKind<NodeOutletKind>): void {
  const { kind, content } = conforming;
  const target = kind.readTarget(conforming.target, content);
  const path = String(target.path);
  const folders: string[] = [];
  const one: Artifact = artifactOf(content, 'one');
  const two: Artifact = artifactOf(content, 'two');

  async function place() {
    const outletDir = await mkdtemp(join(tmpdir(), 'keyplane-outlet-'));
    folders.push(outletDir);
    let written: WrittenFiles | undefined;
    const folder = new ProjectFolder(outletDir, 'MyProject');
    const deliver = async (artifact: Artifact, force = false) => {
      const willWrite = async (files: WrittenFiles) => {
        written = files;
      };
      const delivered = await kind.deliver(
        { target, content, artifact, force, before: written, willWrite },
        folder,
      );
      written = delivered.written;
      return delivered.changed;
    };
    const at = join(outletDir, 'MyProject', path);
    const file = traitsOf(content).isFolder ? join(at, 'current.pem') : at;
    return {
      outletDir,
      deliver,
      folder,
      at,
      file,
      remove: () => kind.remove(written as WrittenFiles, folder),
    };
  }

  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  describe(`${kind.name} with ${content}`, () => {
    test('delivers, and writes nothing where everything is there', async () => {
      const { deliver, file } = await place();
      expect(await deliver(one)).toBe(true);
      expect(await readFile(file, 'utf8')).toBe('one');
      const before = (await stat(file)).ino;
      expect(await deliver(one)).toBe(false);
      expect((await stat(file)).ino).toBe(before);
    });

    test('a test tells whether it could be delivered, and leaves nothing', async () => {
      const { deliver, folder, file, outletDir } = await place();
      const probe = () => kind.probe({ target, content, artifact: one }, folder);
      await probe();
      expect(await readdir(outletDir)).toEqual([]);
      await deliver(one);
      const names = await readdir(dirname(file));
      await probe();
      expect(await readdir(dirname(file))).toEqual(names);
      await rm(file);
      await mkdir(file);
      await expect(probe()).rejects.toMatchObject({ code: 'EISDIR' });
    });

    test('replaces what it delivered before, and leaves no other file', async () => {
      const { deliver, file } = await place();
      await deliver(one);
      const names = await readdir(dirname(file));
      expect(await deliver(two)).toBe(true);
      expect(await readFile(file, 'utf8')).toBe('two');
      expect((await readdir(dirname(file))).length).toBe(names.length);
    });

    test('writes again what another program changed or removed', async () => {
      const { deliver, file } = await place();
      await deliver(one);
      await writeFile(file, 'foreign');
      expect(await deliver(one)).toBe(true);
      expect(await readFile(file, 'utf8')).toBe('one');
      await rm(file);
      await deliver(one);
      expect(await readFile(file, 'utf8')).toBe('one');
    });

    test('writes everything where it is forced to', async () => {
      const { deliver, file } = await place();
      await deliver(one);
      const before = (await stat(file)).ino;
      expect(await deliver(one, true)).toBe(true);
      expect((await stat(file)).ino).not.toBe(before);
    });

    test('private files are for their owner alone, others also for the group', async () => {
      const { deliver, file } = await place();
      await deliver(one);
      expect((await stat(file)).mode & 0o777).toBe(traitsOf(content).isPrivate ? 0o600 : 0o640);
    });

    test('removes its files and empty folders, and keeps those of others', async () => {
      const { deliver, remove, file, outletDir } = await place();
      await deliver(one);
      const foreign = join(outletDir, 'MyProject', 'foreign.txt');
      await writeFile(foreign, 'foreign');
      await remove();
      await expect(stat(file)).rejects.toThrow('ENOENT');
      expect(await readdir(join(outletDir, 'MyProject'))).toEqual(['foreign.txt']);
      await remove();
    });

    test('removes what a crash left of a file, with the file or with its next version', async () => {
      const { deliver, remove, file, outletDir } = await place();
      await deliver(one);
      const left = join(dirname(file), `..keyplane.${basename(file)}`);
      await writeFile(left, 'half');
      if (target.layout !== 'SYMLINK') {
        await deliver(two);
        await expect(stat(left)).rejects.toThrow('ENOENT');
        await writeFile(left, 'half');
      }
      await remove();
      expect(await readdir(join(outletDir, 'MyProject'))).toEqual([]);
    });

    test('does not follow a symbolic link out of the folder of the project', async () => {
      const { deliver, folder, outletDir } = await place();
      const outside = join(outletDir, 'OtherProject');
      await mkdir(outside);
      await symlink(outside, join(outletDir, 'MyProject'));
      await expect(deliver(one)).rejects.toThrow('MyProject is a symbolic link or a file');
      const probe = kind.probe({ target, content, artifact: one }, folder);
      await expect(probe).rejects.toThrow('MyProject is a symbolic link or a file');
      expect(await readdir(outside)).toEqual([]);
    });

    test('a link in place of a file is replaced, and its target stays as it is', async () => {
      const { deliver, outletDir, file } = await place();
      const victim = join(outletDir, 'victim');
      await writeFile(victim, 'victim');
      await mkdir(dirname(file), { recursive: true });
      await symlink(victim, file);
      await deliver(one);
      expect(await readFile(file, 'utf8')).toBe('one');
      expect(await readFile(victim, 'utf8')).toBe('victim');
    });
  });
}

function artifactOf(content: OutletContent, text: string): Artifact {
  const bytes = Buffer.from(text);
  if (!traitsOf(content).isFolder) return { form: 'FILE', bytes };
  return {
    form: 'FOLDER',
    files: new Map([
      [`${text}.pem`, bytes],
      ['current.pem', bytes],
    ]),
  };
}
