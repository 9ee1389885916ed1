import forge from 'node-forge';
import { expect, test } from 'vitest';
import { decryptRc2Cbc } from '../../src/formats/pkcs12/protection/rc2.ts';

const iv = Buffer.alloc(8);
const key = Buffer.from('5068696c6970476c617373', 'hex').subarray(0, 5);

/** Closes whole blocks without any padding of its own. */
function encrypt(blocks: Buffer): Buffer {
  const cipher = forge.rc2.createEncryptionCipher(key.toString('latin1'), 40);
  cipher.start(iv.toString('latin1'));
  cipher.update(forge.util.createBuffer(blocks.toString('latin1')));
  return Buffer.from(cipher.output.getBytes(), 'latin1');
}

const decrypt = (sealed: Buffer) => decryptRc2Cbc(sealed, { key, effectiveKeyBits: 40, iv });

test('the vector of RFC 2268, 5 for 64 effective bits comes out', () => {
  const sealed = Buffer.from('278b27e42e2f0d49', 'hex');
  const options = { key: Buffer.alloc(8, 0xff), effectiveKeyBits: 64, iv };
  // Its plaintext, 1000000000000001, ends like one byte of padding.
  const vector = Buffer.from('30649edf9be7d2c2', 'hex');
  expect(decryptRc2Cbc(vector, { ...options, key: Buffer.from('3000000000000000', 'hex') })).toEqual(
    Buffer.from('10000000000000', 'hex'),
  );
  expect(decryptRc2Cbc(sealed, options)).toBeUndefined();
});

test('padding is taken off where it is one, and shows a wrong key where it is none', () => {
  expect(decrypt(encrypt(Buffer.from('hello\x03\x03\x03')))).toEqual(Buffer.from('hello'));
  for (const blocks of ['hello\x03\x02\x03', 'hello..\x00', 'hello..\x09']) {
    expect(decrypt(encrypt(Buffer.from(blocks)))).toBeUndefined();
  }
  expect(decrypt(Buffer.alloc(0))).toBeUndefined();
  expect(decrypt(Buffer.alloc(7))).toBeUndefined();
});
