// What is delivered: the bytes of one file, or those of the files of a folder. PURE.

import { createHash } from 'node:crypto';

export type Artifact =
  | { readonly form: 'FILE'; readonly bytes: Buffer }
  /** By file name: plain names, never paths. */
  | { readonly form: 'FOLDER'; readonly files: ReadonlyMap<string, Buffer> };

/**
 * SHA-256 in hexadecimal. Of a folder it is that of the list of its files as `LC_ALL=C sha256sum *` prints it, so that an
 * operator can compare: `LC_ALL=C sha256sum * | sha256sum`.
 */
export function artifactDigest(artifact: Artifact): string {
  return artifact.form === 'FILE' ? sha256(artifact.bytes) : folderDigest(artifact.files);
}

function folderDigest(files: ReadonlyMap<string, Buffer>): string {
  const names = [...files.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const lines = names.map((name) => `${sha256(files.get(name) ?? Buffer.alloc(0))}  ${name}\n`);
  return sha256(Buffer.from(lines.join('')));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
