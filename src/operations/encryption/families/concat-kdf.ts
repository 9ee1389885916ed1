// Concat KDF with SHA-256 (SP 800-56A §5.8.1), as JOSE uses it (RFC 7518 §4.6.2).

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

export interface KdfInput {
  /** `enc` where the key is agreed on directly, otherwise `alg`. */
  readonly algorithmId: string;
  /** base64url. */
  readonly apu: string | undefined;
  /** base64url. */
  readonly apv: string | undefined;
  readonly octets: number;
  /** Enters SuppPubInfo after the length of the key (draft-madden-jose-ecdh-1pu-04 §2.3). */
  readonly tag?: Buffer | undefined;
}

const hashOctets = 32;

export function concatKdf(
  secret: Buffer,
  { algorithmId, apu = '', apv = '', octets, tag }: KdfInput,
): Buffer {
  const otherInfo = Buffer.concat([
    withLength(Buffer.from(algorithmId)),
    withLength(Buffer.from(apu, 'base64url')),
    withLength(Buffer.from(apv, 'base64url')),
    number(octets * 8),
    ...(tag === undefined ? [] : [withLength(tag)]),
  ]);
  const rounds = Array.from({ length: Math.ceil(octets / hashOctets) }, (_, index) =>
    createHash('sha256')
      .update(number(index + 1))
      .update(secret)
      .update(otherInfo)
      .digest(),
  );
  return Buffer.concat(rounds).subarray(0, octets);
}

function withLength(octets: Buffer): Buffer {
  return Buffer.concat([number(octets.length), octets]);
}

/** 32 bits, big-endian. */
function number(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}
