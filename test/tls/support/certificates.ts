// A CA and certificates of it, made by openssl.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Pair {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface IssueOptions {
  /** From now on; negative: it has expired. */
  readonly days?: number;
  /** As in `extendedKeyUsage`. */
  readonly usage?: string;
}

export interface Authority {
  readonly folder: string;
  readonly caFile: string;
  /** @param names as in `subjectAltName`: `DNS:localhost`, `IP:127.0.0.1` */
  issue(file: string, names: readonly string[], options?: IssueOptions): Promise<Pair>;
  remove(): Promise<void>;
}

export async function createAuthority(name = 'Test CA'): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'keyplane-tls-'));
  const caKey = join(folder, 'ca.key');
  const caFile = join(folder, 'ca.pem');
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await run('openssl', [
    'req',
    '-x509',
    ...ec,
    '-days',
    '30',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    caKey,
    '-out',
    caFile,
  ]);
  return {
    folder,
    caFile,
    async issue(file, names, { days = 30, usage } = {}) {
      const [keyFile, request, certFile, extensions] = ['key', 'csr', 'pem', 'ext'].map((end) =>
        join(folder, `${file}.${end}`),
      ) as [string, string, string, string];
      await run('openssl', ['req', ...ec, '-subj', `/CN=${file}`, '-keyout', keyFile, '-out', request]);
      await writeFile(
        extensions,
        [
          `subjectAltName=${names.join(',')}`,
          ...(usage === undefined ? [] : [`extendedKeyUsage=${usage}`]),
        ].join('\n'),
      );
      const signing = [
        '-CA',
        caFile,
        '-CAkey',
        caKey,
        '-CAcreateserial',
        '-days',
        String(days),
        '-extfile',
        extensions,
      ];
      await run('openssl', ['x509', '-req', '-in', request, ...signing, '-out', certFile]);
      return { certFile, keyFile };
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
