import { expect, test } from 'vitest';
import { outletKind } from '../../src/outlets/kinds/kinds.ts';
import { outletKindNames } from '../../src/outlets/outlet.ts';
import { conforms, type KindSample } from './conformance.ts';

const file = [
  { path: 'keys/file.json' },
  { path: 'keys/file.json', layout: 'SYMLINK' },
  { path: 'keys/file.json', layout: 'RENAME', afterChange: { touch: 'changed' } },
];
const folder = [{ path: 'keys/pem' }, { path: 'keys/pem', layout: 'SYMLINK' }];
const vault = [{ address: 'https://vault.example.com', mount: 'secret', path: 'keys/orders' }];

const samples: Readonly<Record<string, Omit<KindSample, 'kind'>>> = {
  FILES: {
    targets: {
      JWKS: file,
      JWKS_PRIVATE: file.slice(0, 2),
      PKCS12: file.slice(0, 2),
      PEM_PUBLIC: folder,
      PEM_PRIVATE: folder,
      PEM_CERTIFICATE: folder,
    },
    credential: { password: 'changeit' },
  },
  ENVOY: {
    targets: {
      JWT_AUTHN: [
        {
          path: 'envoy/filter.json',
          resourceName: 'keyplane',
          providers: { orders: { issuer: 'https://i.example' } },
        },
      ],
      TOKEN: [{ path: 'envoy/token.json', secretName: 'token' }],
    },
  },
  VAULT_KV: {
    targets: { JWKS: vault, JWKS_PRIVATE: vault, PEM_PRIVATE: vault },
    credential: { type: 'APPROLE', roleId: 'role', secretId: 'secret' },
  },
  WEBHOOK: {
    targets: { EVENTS: [{ url: 'https://hooks.example.com/keys', events: ['keyring.*'] }] },
    credential: { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
  },
};

test('every kind has a sample', () => {
  expect(Object.keys(samples)).toEqual([...outletKindNames]);
});

for (const name of outletKindNames) conforms({ kind: outletKind(name), targets: {}, ...samples[name] });
