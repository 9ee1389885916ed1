import { expect, test } from 'vitest';
import { envoy } from '../../src/outlets/kinds/envoy.ts';

const target = {
  path: 'envoy/jwt-authn.json',
  resourceName: 'keyplane',
  providers: { orders: { issuer: 'https://issuer.example.com' } },
};

test('the target of a filter is stored as it was given', () => {
  const rules = [{ match: { prefix: '/' }, requires: { provider_name: 'orders' } }];
  expect(envoy.readTarget({ ...target, rules }, 'JWT_AUTHN')).toEqual({ ...target, rules });
});

test.each([
  ['a path of another file', { path: 'envoy/jwt-authn' }, 'target.path'],
  ['no name of the resource', { resourceName: '' }, 'target.resourceName'],
  ['no provider', { providers: {} }, 'target.providers'],
  ['a provider that is no message', { providers: { orders: 'x' } }, 'target.providers.orders'],
  ['providers that all have keys', { providers: { orders: { remoteJwks: {} } } }, 'target.providers'],
  ['rules that are no list', { rules: {} }, 'target.rules'],
  ['a member of the other content', { secretName: 'token' }, 'target.secretName'],
])('a target with %s is rejected by its member', (_what, changed, member) => {
  expect(() => envoy.readTarget({ ...target, ...changed }, 'JWT_AUTHN')).toThrow(
    expect.objectContaining({ code: 'bad_request', member }),
  );
});

test('the target of a token has a path and the name of the secret, and nothing else', () => {
  const token = { path: 'envoy/token.json', secretName: 'orders-token' };
  expect(envoy.readTarget(token, 'TOKEN')).toEqual(token);
  expect(() => envoy.readTarget({ ...token, providers: {} }, 'TOKEN')).toThrow(
    'target.providers is unknown!',
  );
});
