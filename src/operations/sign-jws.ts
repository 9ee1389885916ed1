import { Buffer } from 'node:buffer';
import type { JsonObject } from '../jose/json.ts';
import { encodePart } from './compact-jws.ts';
import type { JwsForm } from './jws-form.ts';
import type { OperationKey } from './operation-key.ts';

/** A key with its protected headers, which are the same for every signature. */
export interface Signer {
  readonly kid: string | undefined;
  /** base64url. */
  readonly headerOfJwt: string;
  /** base64url; of a payload that is no JWT. */
  readonly headerOfPayload: string;
  readonly key: OperationKey;
}

export function createSigner(key: OperationKey): Signer {
  const header = ownHeader(key);
  return {
    kid: key.kid,
    headerOfJwt: encodePart(JSON.stringify({ ...header, typ: 'JWT' })),
    headerOfPayload: encodePart(JSON.stringify(header)),
    key,
  };
}

function ownHeader({ algorithmName, kid }: OperationKey): JsonObject {
  return { alg: algorithmName, ...(kid !== undefined && { kid }) };
}

/** The protected header of a token. @param tokenType its `typ`. @returns base64url */
export function tokenHeader({ key, headerOfJwt }: Signer, tokenType: string): string {
  if (tokenType === 'JWT') return headerOfJwt;
  return encodePart(JSON.stringify({ ...ownHeader(key), typ: tokenType }));
}

/**
 * The protected header of a payload with parameters of the caller.
 * @param parameters checked before
 * @returns base64url
 */
export function payloadHeader(
  { key, headerOfPayload }: Signer,
  parameters: JsonObject | undefined,
  { isEncoded }: Pick<JwsForm, 'isEncoded'>,
): string {
  if (parameters === undefined && isEncoded) return headerOfPayload;
  // RFC 7797 §6: who does not understand `b64` must reject the JWS.
  const unencoded = isEncoded ? {} : { b64: false, crit: ['b64'] };
  return encodePart(JSON.stringify({ ...ownHeader(key), ...parameters, ...unencoded }));
}

/** JWS compact serialisation (RFC 7515 §7.1). @param header base64url, one of the signer's */
export function signJws(signer: Signer, header: string, payload: string | Buffer): string | Promise<string> {
  const input = `${header}.${encodePart(payload)}`;
  return withSignature(signer, input, (signature) => `${input}.${signature}`);
}

/** In any serialisation. @param header base64url. @returns JSON: a text, or an object for those of RFC 7515 §7.2 */
export function signJwsJson(
  signer: Signer,
  {
    header,
    payload,
    form,
  }: { readonly header: string; readonly payload: string | Buffer; readonly form: JwsForm },
): string | Promise<string> {
  const { serialization, isDetached, isEncoded } = form;
  const encoded = isEncoded ? encodePart(payload) : '';
  const input = isEncoded
    ? `${header}.${encoded}`
    : Buffer.concat([Buffer.from(`${header}.`), octets(payload)]);
  return withSignature(signer, input, (signature) => {
    const content = isDetached ? '' : `"payload":"${encoded}",`;
    const signed = `"protected":"${header}","signature":"${signature}"`;
    switch (serialization) {
      case 'COMPACT':
        return `"${header}.${isDetached ? '' : encoded}.${signature}"`;
      case 'FLATTENED':
        return `{${content}${signed}}`;
      case 'GENERAL':
        return `{${content}"signatures":[{${signed}}]}`;
      default:
        return serialization satisfies never;
    }
  });
}

function octets(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

function withSignature(
  { key: { algorithm, key } }: Signer,
  input: string | Buffer,
  serialised: (signature: string) => string,
): string | Promise<string> {
  const signature = algorithm.sign(key, input);
  if (signature instanceof Promise) return signature.then((made) => serialised(made.toString('base64url')));
  return serialised(signature.toString('base64url'));
}
