// RC2 in CBC mode (RFC 2268), which keytool before Java 17 and OpenSSL -legacy close certificates with and
// which no OpenSSL that Node brings still does. node-forge is loaded when the first such file comes, for this alone.

import { createRequire } from 'node:module';
import type Forge from 'node-forge';

const require = createRequire(import.meta.url);

export interface Rc2Parameters {
  readonly key: Buffer;
  readonly effectiveKeyBits: number;
  readonly iv: Buffer;
}

/** The plaintext without its padding, or undefined where the padding is not one. */
export function decryptRc2Cbc(sealed: Buffer, parameters: Rc2Parameters): Buffer | undefined {
  if (sealed.length === 0 || sealed.length % 8 !== 0) return undefined;
  const forge = loadRc2();
  const decipher = forge.rc2.createDecryptionCipher(
    parameters.key.toString('latin1'),
    parameters.effectiveKeyBits,
  );
  decipher.start(parameters.iv.toString('latin1'));
  decipher.update(forge.util.createBuffer(sealed.toString('latin1')));
  const plain = Buffer.from(decipher.output.getBytes(), 'latin1');
  return withoutPadding(plain);
}

/** The cipher and the buffers it works on; not the whole library, which takes eight times as long to load. */
function loadRc2(): Pick<typeof Forge, 'rc2' | 'util'> {
  require('node-forge/lib/rc2.js');
  return require('node-forge/lib/forge.js') as typeof Forge;
}

/** RFC 8018, 6.1.1; node-forge does not check the padding beyond the last byte. */
function withoutPadding(plain: Buffer): Buffer | undefined {
  const count = plain.at(-1) ?? 0;
  if (count < 1 || count > 8) return undefined;
  const padding = plain.subarray(-count);
  return padding.every((byte) => byte === count) ? plain.subarray(0, -count) : undefined;
}
