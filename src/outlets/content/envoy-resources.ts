// What Envoy reads from a file: a `jwt_authn` filter by extension configuration discovery (ECDS), and a token by secret
// discovery (SDS). Envoy takes an inline JWK Set with each new version of the file; a `local_jwks` file it reads once.

import { Buffer } from 'node:buffer';
import type { JsonObject, JsonValue } from '../../jose/json.ts';
import type { Artifact } from './artifact.ts';

const typeUrl = Object.freeze({
  extension: 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig',
  jwtAuthn: 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
  secret: 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
});

export interface JwtAuthnFilter {
  /** Of the resource: the name of the filter in the configuration of Envoy. */
  readonly resourceName: string;
  /** JwtProvider messages by name, without the keys. One that names a source of keys itself keeps it. */
  readonly providers: Readonly<Record<string, JsonObject>>;
  /** RequirementRule messages; by default every request needs a token of one of the providers. */
  readonly rules?: readonly JsonValue[];
}

/** As the JSON form of Protocol Buffers writes them. */
const keySourceMembers = ['remote_jwks', 'remoteJwks', 'local_jwks', 'localJwks'];

export function namesKeySource(provider: Readonly<Record<string, unknown>>): boolean {
  return keySourceMembers.some((name) => Object.hasOwn(provider, name));
}

/** @param set a JWK Set */
export function jwtAuthnResource({ resourceName, providers, rules }: JwtAuthnFilter, set: Buffer): Artifact {
  const keys = { local_jwks: { inline_string: set.toString('utf8') } };
  const withKeys = Object.entries(providers).map(([name, provider]) => [
    name,
    namesKeySource(provider) ? provider : { ...provider, ...keys },
  ]);
  return discovered({
    '@type': typeUrl.extension,
    name: resourceName,
    typed_config: {
      '@type': typeUrl.jwtAuthn,
      providers: Object.fromEntries(withKeys),
      rules: rules ?? [{ match: { prefix: '/' }, requires: anyOf(Object.keys(providers)) }],
    },
  });
}

function anyOf(names: readonly string[]): object {
  const requirements = names.map((name) => ({ provider_name: name }));
  const [only] = requirements;
  return requirements.length === 1 && only ? only : { requires_any: { requirements } };
}

/** The file is secret. */
export function tokenSecret(secretName: string, token: string): Artifact {
  return discovered({
    '@type': typeUrl.secret,
    name: secretName,
    generic_secret: { secret: { inline_string: token } },
  });
}

/** A DiscoveryResponse, as Envoy reads it from a file whose name ends in `.json`. */
function discovered(resource: object): Artifact {
  return { form: 'FILE', bytes: Buffer.from(`${JSON.stringify({ resources: [resource] })}\n`) };
}
