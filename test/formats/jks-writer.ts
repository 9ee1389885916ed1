// Builds JKS files: of version 1, which nothing writes any more, and with numbers that nothing should write.

import { hash } from 'node:crypto';

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** java.io.DataOutputStream.writeUTF for text that has neither U+0000 nor surrogates. */
export function utf(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([uint32(bytes.length).subarray(2), bytes]);
}

export function trustedEntry(alias: string, certificate: Buffer, version: 1 | 2): Buffer {
  const type = version === 1 ? Buffer.alloc(0) : utf('X.509');
  return Buffer.concat([
    uint32(2),
    utf(alias),
    Buffer.alloc(8),
    type,
    uint32(certificate.length),
    certificate,
  ]);
}

/** The digest is right, also where the rest is not. */
export function jksFile(input: {
  version: number;
  count: number;
  entries: readonly Buffer[];
  password: string;
}): Buffer {
  const { version, count, entries, password } = input;
  const body = Buffer.concat([uint32(0xfeedfeed), uint32(version), uint32(count), ...entries]);
  const spelled = Buffer.from(password, 'utf16le').swap16();
  return Buffer.concat([
    body,
    hash('sha1', Buffer.concat([spelled, Buffer.from('Mighty Aphrodite'), body]), 'buffer'),
  ]);
}
