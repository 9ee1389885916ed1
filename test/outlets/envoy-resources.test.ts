import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../src/outlets/content/artifact.ts';
import { jwtAuthnResource, tokenSecret } from '../../src/outlets/content/envoy-resources.ts';

function resourceOf(artifact: Artifact) {
  if (artifact.form !== 'FILE') throw new Error('it is a folder');
  const { resources } = JSON.parse(artifact.bytes.toString('utf8'));
  expect(resources).toHaveLength(1);
  return resources[0];
}
const set = Buffer.from('{"keys":[{"kid":"a"}]}');
const issuer = { issuer: 'https://issuer.example.com', audiences: ['orders'] };

describe('the resource of a jwt_authn filter', () => {
  test('has the name of the target, its providers with the set inline, and by default one rule', () => {
    const filter = { resourceName: 'keyplane', providers: { own: issuer } };
    expect(resourceOf(jwtAuthnResource(filter, set))).toEqual({
      '@type': 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig',
      name: 'keyplane',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
        providers: { own: { ...issuer, local_jwks: { inline_string: set.toString() } } },
        rules: [{ match: { prefix: '/' }, requires: { provider_name: 'own' } }],
      },
    });
  });

  test('takes over rules as they are', () => {
    const rules = [
      { match: { path: '/health' } },
      { match: { prefix: '/' }, requires: { provider_name: 'own' } },
    ];
    const filter = { resourceName: 'keyplane', providers: { own: issuer }, rules };
    expect(resourceOf(jwtAuthnResource(filter, set)).typed_config.rules).toEqual(rules);
  });

  test('accepts a token of any of several providers, and leaves a source of keys that a provider names', () => {
    const remote = { issuer: 'https://other.example.com', remote_jwks: { http_uri: {} } };
    const filter = { resourceName: 'keyplane', providers: { own: issuer, remote } };
    const { providers, rules } = resourceOf(jwtAuthnResource(filter, set)).typed_config;
    expect(providers.remote).toEqual(remote);
    expect(providers.own.local_jwks).toBeDefined();
    const requirements = [{ provider_name: 'own' }, { provider_name: 'remote' }];
    expect(rules).toEqual([{ match: { prefix: '/' }, requires: { requires_any: { requirements } } }]);
  });
});

test('the resource of a token is a generic secret', () => {
  expect(resourceOf(tokenSecret('orders-token', 'a.b.c'))).toEqual({
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
    name: 'orders-token',
    generic_secret: { secret: { inline_string: 'a.b.c' } },
  });
});
