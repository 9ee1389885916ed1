// Key agreement: ECDH-ES (RFC 7518 §4.6, RFC 8037 §3.2) and ECDH-1PU, in which the static key of the sender takes part
// (draft-madden-jose-ecdh-1pu-04).

import { Buffer } from 'node:buffer';
import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../../jose/json.ts';
import type { PrivateJwk } from '../../../jose/jwk.ts';
import { isBase64url } from '../base64url-text.ts';
import type { AesBits } from '../content/aes-gcm.ts';
import { contentEncryption, type EncName, encNames } from '../content-encryptions.ts';
import type { KeyDecryption, KeyEncryption, KeyManagementAlgorithm } from '../key-management.ts';
import { unwrapKey, wrapKey } from './aes-key-wrap.ts';
import { agreementCurve } from './agreement-curves.ts';
import { type AgreementKey, agreementKey, ephemeralPublicKey, epkOf, sharedSecret } from './agreement-key.ts';
import { concatKdf } from './concat-kdf.ts';

interface Agreement {
  /** Undefined: what is agreed on is the content encryption key itself. */
  readonly wrapBits: AesBits | undefined;
  readonly hasSender: boolean;
}

/** @param wrapBits undefined for direct key agreement */
export function ecdhEs(wrapBits?: AesBits): KeyManagementAlgorithm {
  return ecdh({ wrapBits, hasSender: false });
}

/** @param wrapBits undefined for direct key agreement */
export function ecdh1pu(wrapBits?: AesBits): KeyManagementAlgorithm {
  return ecdh({ wrapBits, hasSender: true });
}

const committingEncs = encNames.filter((enc) => contentEncryption(enc).commitsToKey);

function ecdh({ wrapBits, hasSender }: Agreement): KeyManagementAlgorithm {
  return (alg, jwk) => {
    const own = ownKey(jwk);
    const { kty, curve, publicKey, privateKey } = own;

    /** The key that is agreed on. The tag enters it where the sender is authenticated and the key wraps another one. */
    function derive(secret: Buffer, { enc, apu, apv }: PartyInfo, tag: Buffer): Buffer {
      if (wrapBits === undefined) {
        return concatKdf(secret, { algorithmId: enc, apu, apv, octets: contentEncryption(enc).keyOctets });
      }
      const octets = wrapBits / 8;
      return concatKdf(secret, { algorithmId: alg, apu, apv, octets, tag: hasSender ? tag : undefined });
    }

    async function encrypt({ enc, apu, apv, sender, randomness }: KeyEncryption) {
      const ephemeral = await randomness.ephemeralKey(curve);
      const secrets = [await sharedSecret(ephemeral, publicKey, curve)];
      if (hasSender) secrets.push(await senderSecret(sender?.privateKey, publicKey));
      const secret = joined(secrets);
      if (secret === undefined) throw new TypeError('the keys do not agree');
      const header: JsonObject = {
        epk: epkOf(createPublicKey(ephemeral)),
        ...(apu !== undefined && { apu }),
        ...(apv !== undefined && { apv }),
        ...(sender?.kid !== undefined && { skid: sender.kid }),
      };
      const keyFor = (tag: Buffer) => derive(secret, { enc, apu, apv }, tag);
      if (wrapBits === undefined) return { cek: keyFor(noOctets), header, encryptedKey: noOctets };
      const cek = randomness.octets(contentEncryption(enc).keyOctets);
      return {
        cek,
        header,
        encryptedKey: (tag: Buffer) => wrapKey(wrapBits, createSecretKey(keyFor(tag)), cek),
      };
    }

    function decryptWith(ownPrivateKey: KeyObject) {
      return async ({ enc, header, encryptedKey, tag, sender }: KeyDecryption) => {
        const party = partyInfo(enc, header);
        const epk = ephemeralPublicKey(header.epk, { kty, curve });
        if (party === undefined || epk === undefined || !encs.includes(enc)) return undefined;
        if (hasSender && !isSentBy(sender, header)) return undefined;
        const secrets = [await sharedSecret(ownPrivateKey, epk, curve)];
        if (hasSender) secrets.push(await senderSecret(ownPrivateKey, sender?.publicKey));
        const secret = joined(secrets);
        if (secret === undefined) return undefined;
        const key = derive(secret, party, tag);
        if (wrapBits === undefined) return encryptedKey.length === 0 ? key : undefined;
        return unwrapKey(wrapBits, createSecretKey(key), {
          encryptedKey,
          octets: contentEncryption(enc).keyOctets,
        });
      };
    }

    async function senderSecret(mine: KeyObject | undefined, other: KeyObject | undefined) {
      return mine && other && sharedSecret(mine, other, curve);
    }

    function isSentBy(sender: AgreementKey | undefined, { skid }: JsonObject): boolean {
      return sender?.curve === curve && (skid === undefined || skid === sender.kid);
    }

    const encs = hasSender && wrapBits !== undefined ? committingEncs : encNames;
    return {
      alg,
      runsInPool: !agreementCurve(curve).isFast,
      encs,
      agreement: own,
      ...(hasSender && { needsSender: true }),
      encrypt,
      ...(privateKey && { decrypt: decryptWith(privateKey) }),
    };
  };
}

const noOctets = Buffer.alloc(0);

interface PartyInfo {
  readonly enc: EncName;
  readonly apu: string | undefined;
  readonly apv: string | undefined;
}

function partyInfo(enc: EncName, { apu, apv }: JsonObject): PartyInfo | undefined {
  if (apu !== undefined && !isBase64url(apu)) return undefined;
  if (apv !== undefined && !isBase64url(apv)) return undefined;
  return { enc, apu, apv };
}

/** Ze and then Zs (draft-madden-jose-ecdh-1pu-04 §2.3). */
function joined(secrets: readonly (Buffer | undefined)[]): Buffer | undefined {
  const all = secrets.filter((secret) => secret !== undefined);
  return all.length === secrets.length ? Buffer.concat(all) : undefined;
}

function ownKey(jwk: PrivateJwk): AgreementKey {
  const key = agreementKey(jwk);
  if (key === undefined) throw new TypeError('not a key of a curve for key agreement');
  return key;
}
