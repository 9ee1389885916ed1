// The messages of `k8s.io/externaljwt` v1, by their field numbers. A request for metadata or keys has no fields.

import { Buffer } from 'node:buffer';
import { octetsField, readOctetsField, textField, varintField } from './protobuf.ts';

/** `claims` of a SignJWTRequest; undefined for a malformed message. */
export function readSignJwtRequest(message: Buffer): string | undefined {
  return readOctetsField(message, 1)?.toString('utf8');
}

export interface SignedParts {
  /** base64url, both. */
  readonly header: string;
  readonly signature: string;
}

export function signResponse({ header, signature }: SignedParts): Buffer {
  return Buffer.concat([textField(1, header), textField(2, signature)]);
}

export interface FetchedKey {
  readonly kid: string;
  /** A SubjectPublicKeyInfo in DER. */
  readonly spki: Buffer;
}

export interface FetchedKeys {
  readonly keys: readonly FetchedKey[];
  /** Milliseconds since 1970. */
  readonly dataTimestamp: number;
  readonly refreshHintSeconds: number;
}

export function fetchKeysResponse({ keys, dataTimestamp, refreshHintSeconds }: FetchedKeys): Buffer {
  const encoded = keys.map(({ kid, spki }) =>
    octetsField(1, Buffer.concat([textField(1, kid), octetsField(2, spki)])),
  );
  return Buffer.concat([
    ...encoded,
    octetsField(2, timestamp(dataTimestamp)),
    varintField(3, refreshHintSeconds),
  ]);
}

export function metadataResponse(maxTokenExpirationSeconds: number): Buffer {
  return varintField(1, maxTokenExpirationSeconds);
}

/** google.protobuf.Timestamp */
function timestamp(milliseconds: number): Buffer {
  const whole = Math.floor(milliseconds);
  const seconds = Math.floor(whole / 1000);
  return Buffer.concat([varintField(1, seconds), varintField(2, (whole - seconds * 1000) * 1_000_000)]);
}
