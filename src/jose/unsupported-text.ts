// Texts that hold a key in the form of another program, and PEM that is none (RFC 7468): how each is recognised, and the
// command that converts it. Tests run the commands on real files.

import { Buffer } from 'node:buffer';
import type { UnsupportedFormat } from './unsupported-formats.ts';

/** Where a key belongs that no command can convert. */
const generate =
  'Generate a new key with `openssl genpkey -algorithm ED25519 -out key.pem` and upload key.pem';
/** A line of a `.pub` file is the first; `authorized_keys` and `known_hosts` have more, with text in front. */
const longestSearched = 65_536;

/** `ssh-keygen` writes no PEM for Ed25519, so the key is taken out of the octets that the base64 holds (RFC 8709 §4). */
const ed25519Blobs: ReadonlyMap<string, { readonly start: string; readonly key: string }> = new Map([
  ['ssh-ed25519', { start: 'AAAAC3NzaC1lZDI1NTE5', key: 'tail -c 32' }],
  // PROTOCOL.certkeys of OpenSSH: the type, 32 octets at random, the key; each behind its length.
  [
    'ssh-ed25519-cert-v01@openssh.com',
    { start: 'AAAAIHNzaC1lZDI1NTE5LWNlcnQ', key: 'tail -c +77 | head -c 32' },
  ],
]);
const convertible = /^(?:ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))(?:-cert-v01@openssh\.com)?$/;

/** What `ssh-keygen` writes as a public key. */
const openSshName = 'a public key in the format of OpenSSH';

/** @param isAlone nothing but the key stands on the line */
function openSshPublicKey(type: string, isAlone: boolean): UnsupportedFormat {
  const command = openSshCommand(type, isAlone);
  if (command === undefined) return otherSshKey(type);
  return {
    what: openSshName,
    remedy: `Convert it with \`${command}\` and upload key.pem as a PUBLIC_KEY`,
  };
}

/** DSA, and keys on security tokens, whose signatures cover more than what is signed. */
function otherSshKey(type: string): UnsupportedFormat {
  return {
    what: `an OpenSSH public key of the type ${type}, which no JOSE algorithm uses`,
    remedy: generate,
  };
}

/** Undefined for a type that no JOSE algorithm uses. */
function openSshCommand(type: string, isAlone: boolean): string | undefined {
  const blob = ed25519Blobs.get(type);
  if (blob !== undefined) {
    // The first 12 octets of an Ed25519 key in SPKI (RFC 8410 §10.1) are these 16 characters.
    const spki =
      'base64 | sed s/^/MCowBQYDK2VwAyEA/ | base64 -d | openssl pkey -pubin -inform DER -out key.pem';
    return `grep -o -m 1 "${blob.start}[A-Za-z0-9+/=]*" key.pub | base64 -d | ${blob.key} | ${spki}`;
  }
  if (!convertible.test(type)) return undefined;
  const line = isAlone ? 'key.pub' : 'line.pub';
  const convert = `ssh-keygen -e -m PKCS8 -f ${line} > key.pem`;
  // `ssh-keygen` takes a line with options or host names for a private key.
  return isAlone
    ? convert
    : `grep -o -m 1 "${type}[[:blank:]]*AAAA[A-Za-z0-9+/=]*" key.pub > line.pub && ${convert}`;
}

/** RFC 4716. `ssh-keygen -i` writes the form of OpenSSH, which the second command converts. */
function ssh2PublicKey(text: string): UnsupportedFormat {
  const blob = Buffer.from(text.replace(/^----.*$|^[^:\s]+:(?:.*\\\r?\n)*.*$/gm, ''), 'base64');
  const end = blob.length < 4 ? 0 : 4 + Math.min(blob.readUInt32BE(0), 64);
  const found = blob.toString('latin1', 4, end);
  // A file that is cut off names no type. Then the command for most types stands, which says what is wrong with it.
  const type = /^(?:ssh|sk-|ecdsa)[a-z0-9@.-]+$/.test(found) ? found : 'ssh-rsa';
  const { what, remedy } = openSshPublicKey(type, true);
  if (what !== openSshName) return { what, remedy };
  return {
    what: 'a public key in the format of RFC 4716 (SSH2 PUBLIC KEY)',
    remedy: remedy.replace('`', '`ssh-keygen -i -m RFC4716 -f ssh2.pub > key.pub && '),
  };
}

function puttygen(what: string, file: string): UnsupportedFormat {
  return {
    what,
    remedy: `Convert it with \`puttygen ${file} -O private-openssh -o key.pem --new-passphrase /dev/null\` and upload key.pem`,
  };
}

/** `.ppk` files of PuTTY. Its `puttygen` writes traditional PEM, and the form of OpenSSH for Ed25519. */
const puttyKey = puttygen('a key in the format of PuTTY', 'key.ppk');
/** Its label says ENCRYPTED whether it is or not. */
const sshComKey = puttygen('a private key in the format of ssh.com (SSH2 ENCRYPTED PRIVATE KEY)', 'ssh2.key');

export const openPgpKey: UnsupportedFormat = Object.freeze({
  what: 'an OpenPGP key, which no JOSE algorithm uses',
  remedy: generate,
});

/** A text that is neither PEM, JSON nor base64, by how it begins or, for OpenSSH, by its first key. */
export function unsupportedTextFormat(text: string): UnsupportedFormat | undefined {
  const start = text.trimStart();
  const openSsh = openSshLine(start);
  if (openSsh !== undefined) return openSshPublicKey(openSsh.type, openSsh.isAlone);
  if (start.startsWith('---- BEGIN SSH2 PUBLIC KEY ----')) return ssh2PublicKey(start);
  if (start.startsWith('---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----')) return sshComKey;
  if (start.startsWith('PuTTY-User-Key-File-')) return puttyKey;
  return start.startsWith('-----BEGIN PGP ') ? openPgpKey : undefined;
}

const keyType = '((?:ssh|ecdsa-sha2|sk-ssh|sk-ecdsa-sha2)-[a-z0-9@.-]{1,64})';
const aloneForm = new RegExp(`^${keyType}[ \\t]+[A-Za-z0-9+/]`);
const laterForm = new RegExp(`(?:^|[ \\t])${keyType}[ \\t]+AAAA[A-Za-z0-9+/]`);

function openSshLine(text: string): { readonly type: string; readonly isAlone: boolean } | undefined {
  const [, alone] = aloneForm.exec(text) ?? [];
  if (alone !== undefined) return { type: alone, isAlone: true };
  // A PEM file may have any text in front of its blocks, and a binary file any octets.
  if (text.includes('-----BEGIN') || /[\0\ufffd]/.test(text)) return undefined;
  for (const line of text.slice(0, longestSearched).split(/[\r\n]+/)) {
    const [found, type] = laterForm.exec(line) ?? [];
    if (found !== undefined && type !== undefined)
      return { type, isAlone: line.trimStart().startsWith(found.trimStart()) };
  }
  return undefined;
}

/** What people call it where JSON belongs. */
export function textFormatName({ what }: UnsupportedFormat): string {
  return what === openSshName ? 'an OpenSSH public key' : what;
}
