// Private keys in OpenSSH's own format, `openssh-key-v1` (PROTOCOL.key of OpenSSH): length-prefixed fields (RFC 4251 §5)
// of exactly one key. Reads RSA, ECDSA and Ed25519. Refuses encrypted ones, and keys on security tokens, which hold
// no private key.

import { Buffer } from 'node:buffer';
import { badRequest } from '../errors.ts';
import type { JsonObject } from './json.ts';
import { decodeInteger, encodeInteger } from './members/integer.ts';
import { shown } from './shown.ts';
import { encryptedOpenSsh, unsupportedText } from './unsupported-formats.ts';

const magic = Buffer.from('openssh-key-v1\0', 'latin1');
/** Of an RSA modulus of 16384 bits; larger numbers would cost the event loop more than a read may. */
const longestNumber = 2048;
const curves: ReadonlyMap<string, { crv: string; octets: number }> = new Map([
  ['ecdsa-sha2-nistp256', { crv: 'P-256', octets: 32 }],
  ['ecdsa-sha2-nistp384', { crv: 'P-384', octets: 48 }],
  ['ecdsa-sha2-nistp521', { crv: 'P-521', octets: 66 }],
]);

/** By its first octets. */
export function isOpenSshKey(bytes: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

/** Under a passphrase. False for a damaged one. */
export function isEncryptedOpenSshKey(bytes: Buffer): boolean {
  if (!isOpenSshKey(bytes) || bytes.length < magic.length + 4) return false;
  const start = magic.length + 4;
  return bytes.toString('latin1', start, start + bytes.readUInt32BE(magic.length)) !== 'none';
}

/** Raw JWK members, not checked for soundness; they hold secrets. @throws KeyplaneError bad_request */
export function readOpenSshKey(bytes: Buffer, what: string): JsonObject {
  const damaged = (why: string) => badRequest(`${what} is a damaged key in the format of OpenSSH: ${why}`);
  if (!isOpenSshKey(bytes)) throw damaged('it does not begin with openssh-key-v1');
  const outer = new FieldReader(bytes.subarray(magic.length), damaged);
  const cipher = outer.text();
  if (cipher !== 'none')
    throw badRequest(unsupportedText(what, encryptedOpenSsh), { reason: 'FORM_NOT_SUPPORTED' });
  outer.field(); // the key derivation, none
  outer.field(); // its options
  if (outer.number() !== 1) throw damaged('it does not hold exactly one key');
  outer.field(); // the public key, which the private part repeats
  const fields = new FieldReader(outer.field(), damaged);
  const check = fields.number();
  if (fields.number() !== check) throw damaged('its two check numbers differ');
  return readKey(fields, what, damaged);
}

function readKey(fields: FieldReader, what: string, damaged: (why: string) => Error): JsonObject {
  const type = fields.text();
  if (type === 'ssh-rsa') return readRsa(fields);
  const curve = curves.get(type);
  if (curve !== undefined) return readEcdsa(fields, curve, damaged);
  if (type === 'ssh-ed25519') {
    const [x, pair] = [fields.field(), fields.field()];
    // The private half is the seed and, once more, the public key.
    if (x.length !== 32 || pair.length !== 64 || !pair.subarray(32).equals(x))
      throw damaged('its Ed25519 halves differ');
    return { kty: 'OKP', crv: 'Ed25519', x: text(x), d: text(pair.subarray(0, 32)) };
  }
  throw badRequest(
    `${what} is an OpenSSH key of the type ${shown(type)}, which no JOSE algorithm uses; supported are ssh-rsa, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521 and ssh-ed25519`,
  );
}

function readRsa(fields: FieldReader): JsonObject {
  const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => fields.magnitude()) as [Buffer, ...Buffer[]];
  const members = { n, e, d, p, q, qi } as Record<'n' | 'e' | 'd' | 'p' | 'q' | 'qi', Buffer>;
  const exponent = (prime: Buffer) => {
    const order = decodeInteger(text(prime)) - 1n;
    return order > 0n ? encodeInteger(decodeInteger(text(members.d)) % order) : '';
  };
  return {
    kty: 'RSA',
    ...Object.fromEntries(Object.entries(members).map(([name, value]) => [name, text(value)])),
    dp: exponent(members.p),
    dq: exponent(members.q),
  };
}

function readEcdsa(
  fields: FieldReader,
  { crv, octets }: { crv: string; octets: number },
  damaged: (why: string) => Error,
): JsonObject {
  fields.field(); // the curve's name, which the type has
  const [point, d] = [fields.field(), fields.magnitude()];
  if (point[0] !== 4 || point.length !== 2 * octets + 1)
    throw damaged(`its point has not the form of a point on ${crv}`);
  if (d.length > octets) throw damaged('its private value is too long for its curve');
  return {
    kty: 'EC',
    crv,
    x: text(point.subarray(1, octets + 1)),
    y: text(point.subarray(octets + 1)),
    d: text(Buffer.concat([Buffer.alloc(octets - d.length), d])),
  };
}

function text(octets: Buffer): string {
  return octets.toString('base64url');
}

class FieldReader {
  readonly #bytes: Buffer;
  readonly #damaged: (why: string) => Error;
  #at = 0;

  constructor(bytes: Buffer, damaged: (why: string) => Error) {
    this.#bytes = bytes;
    this.#damaged = damaged;
  }

  number(): number {
    if (this.#at + 4 > this.#bytes.length) throw this.#damaged('it ends too early');
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  field(): Buffer {
    const length = this.number();
    if (length > this.#bytes.length - this.#at) throw this.#damaged('it ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.field().toString('latin1');
  }

  /** An mpint without its zero octets in front. */
  magnitude(): Buffer {
    const octets = this.field();
    const first = octets.findIndex((octet) => octet !== 0);
    if (octets.length - first > longestNumber) throw this.#damaged('a number is too long');
    return first < 0 ? Buffer.alloc(0) : octets.subarray(first);
  }
}
