// What every kind of outlet keeps to, whatever it delivers to. A kind that is added passes it with a sample of its own.

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireFreePlace } from '../../src/outlets/claims.ts';
import type { Artifact } from '../../src/outlets/content/artifact.ts';
import { type OutletContent, traitsOf } from '../../src/outlets/content/outlet-content.ts';
import type { NodeOutletKind, OutletKind, WrittenFiles } from '../../src/outlets/kinds/outlet-kind.ts';
import { ProjectFolder } from '../../src/outlets/kinds/project-folder.ts';
import type { OutletJson } from '../../src/outlets/outlet.ts';

export interface KindSample {
  readonly kind: OutletKind;
  /** For each content, targets that can be stored. */
  readonly targets: Readonly<Partial<Record<OutletContent, readonly OutletJson[]>>>;
  readonly credential?: OutletJson;
}

const at = { now: new Date(0), former: null };
const badMember = (member: string) => expect.objectContaining({ code: 'bad_request', member });

export function conforms({ kind, targets, credential }: KindSample): void {
  const cases = kind.contents.flatMap((content) =>
    (targets[content] ?? []).map((target) => ({ content, target, what: JSON.stringify(target) })),
  );

  describe(`an outlet of kind ${kind.name}`, () => {
    test('has a source and a sample of a target for each content', () => {
      for (const content of kind.contents) {
        expect(kind.sources(content), content).not.toEqual([]);
        expect(targets[content] ?? [], content).not.toEqual([]);
      }
    });

    test('takes a source of private keys for private content, and tokens from a token profile', () => {
      for (const content of kind.contents.filter((one) => traitsOf(one).isPrivate)) {
        expect(['PROJECT', 'VIEW'].filter((type) => kind.sources(content).includes(type as never))).toEqual(
          [],
        );
      }
    });

    test.each(cases)('$content: a stored target is read as it is: $what', ({ content, target }) => {
      const stored = kind.readTarget(target, content);
      expect(kind.readTarget(stored, content)).toEqual(stored);
      expect(JSON.parse(JSON.stringify(stored))).toEqual(stored);
    });

    test.each(cases)(
      '$content: an unknown member of $what is rejected by its name',
      ({ content, target }) => {
        expect(() => kind.readTarget({ ...target, unknownMember: 1 }, content)).toThrow(
          badMember('target.unknownMember'),
        );
      },
    );

    test.each(cases)('$content: a member of $what of another type is rejected', ({ content, target }) => {
      for (const name of Object.keys(target)) {
        expect(() => kind.readTarget({ ...target, [name]: 7 }, content), name).toThrow(
          expect.objectContaining({ code: 'bad_request' }),
        );
      }
    });

    test.each(kind.confirms ? cases : [])(
      '$content: no second outlet writes to $what',
      ({ content, target }) => {
        const one = {
          id: '1',
          name: 'one',
          kind: kind.name,
          content,
          target: kind.readTarget(target, content),
        };
        expect(() => requireFreePlace({ ...one, id: '2', name: 'two' }, [one])).toThrow('outlet (name: one)');
        expect(() => requireFreePlace(one, [one]), 'itself').not.toThrow();
      },
    );

    if (credential !== undefined)
      test('reads a credential, and no unknown member of one', () => {
        const given = credential ?? {};
        expect(kind.contents.some((content) => kind.takesCredential(content))).toBe(true);
        expect(Object.keys(kind.readCredential(given, at))).not.toEqual([]);
        expect(() => kind.readCredential({ ...given, unknownMember: 1 }, at)).toThrow(
          badMember('credential.unknownMember'),
        );
      });

    // A touched file is not the outlet's: others may touch it too.
    const delivered = cases.filter(({ target }) => target.afterChange === undefined);
    if (kind.runsAt === 'NODE')
      describe.each(delivered)('$content at a node: $what', (one) => delivers(kind, one));
  });
}

function delivers(
  kind: NodeOutletKind,
  { content, target: given }: { readonly content: OutletContent; readonly target: OutletJson },
): void {
  const target = kind.readTarget(given, content);
  let outletDir: string;
  let folder: ProjectFolder;
  let before: WrittenFiles | undefined;

  beforeEach(() => {
    outletDir = mkdtempSync(join(tmpdir(), 'keyplane-kind-'));
    folder = new ProjectFolder(outletDir, 'MyProject');
    before = undefined;
  });
  afterEach(() => {
    chmodSync(outletDir, 0o700);
    rmSync(outletDir, { recursive: true });
  });

  function artifactOf(text: string, names: readonly string[] = ['a.pem', 'current.pem']): Artifact {
    const bytes = Buffer.from(text);
    if (!traitsOf(content).isFolder) return { form: 'FILE', bytes };
    return { form: 'FOLDER', files: new Map(names.map((name) => [name, bytes])) };
  }

  async function deliver(artifact: Artifact): Promise<boolean> {
    let announced: WrittenFiles | undefined;
    const willWrite = async (written: WrittenFiles) => {
      announced ??= written;
      expect(
        filesBelow(outletDir).filter((path) => !knownBefore.includes(path)),
        'nothing is written yet',
      ).toEqual([]);
    };
    const knownBefore = filesBelow(outletDir);
    const delivery = { target, content, artifact, force: false, before, willWrite };
    const { written, changed } = await kind.deliver(delivery, folder);
    if (changed) expect(announced, 'what is written is announced').toBeDefined();
    before = written;
    return changed;
  }

  /** As a program of the user reads them: through links, and without names that start with a dot. */
  const visible = (): string[] => filesBelow(outletDir).filter((path) => !/\/\.\./.test(path));
  const texts = () => new Set(visible().map((path) => readFileSync(path, 'utf8')));

  test('writes what differs, and nothing a second time', async () => {
    expect(await deliver(artifactOf('first'))).toBe(true);
    expect(texts()).toEqual(new Set(['first']));
    const times = visible().map((path) => statSync(path).mtimeMs);
    expect(await deliver(artifactOf('first'))).toBe(false);
    expect(visible().map((path) => statSync(path).mtimeMs)).toEqual(times);
    expect(await deliver(artifactOf('second'))).toBe(true);
    expect(texts()).toEqual(new Set(['second']));
  });

  test('writes again what another program changed or removed', async () => {
    await deliver(artifactOf('first'));
    const [path = ''] = visible();
    writeFileSync(path, 'changed');
    expect(await deliver(artifactOf('first'))).toBe(true);
    expect(texts()).toEqual(new Set(['first']));
    rmSync(path);
    await deliver(artifactOf('first'));
    expect(existsSync(path)).toBe(true);
  });

  test('gives others no access, and to private content not even the group', async () => {
    await deliver(artifactOf('first'));
    for (const path of visible()) {
      expect(statSync(path).mode & (traitsOf(content).isPrivate ? 0o077 : 0o027), path).toBe(0);
    }
  });

  if (traitsOf(content).isFolder)
    test('removes a file of the folder that is no longer part of it', async () => {
      await deliver(artifactOf('first', ['a.pem', 'b.pem']));
      await deliver(artifactOf('first', ['b.pem']));
      expect(visible().map((path) => path.split('/').at(-1))).toEqual(['b.pem']);
    });

  test('removes what it wrote, also where the delivery before failed, and nothing else', async () => {
    await deliver(artifactOf('first'));
    await deliver(artifactOf('second', ['b.pem']));
    const own = join(outletDir, 'MyProject', 'of-the-user.txt');
    writeFileSync(own, 'mine');
    if (before) await kind.remove(before, folder);
    expect(filesBelow(outletDir)).toEqual([own]);
    if (before) await kind.remove(before, folder);
    expect(readFileSync(own, 'utf8')).toBe('mine');
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => !statSync(path, { throwIfNoEntry: false })?.isDirectory());
}
