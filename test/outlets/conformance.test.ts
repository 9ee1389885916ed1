// Each kind by the one suite.

import { expect, test } from 'vitest';
import { envoy } from '../../src/outlets/kinds/envoy.ts';
import { files } from '../../src/outlets/kinds/files.ts';
import { type OutletKindName, outletKind, outletKindNames } from '../../src/outlets/kinds/kinds.ts';
import { vaultKv } from '../../src/outlets/kinds/vault-kv.ts';
import { webhook } from '../../src/outlets/kinds/webhook.ts';
import { type ConformingKind, conformsAtNodes, conformsToRules } from './conformance.ts';

const atNodes = [
  { kind: files, content: 'JWKS', target: { path: 'nginx/jwks.json', layout: 'RENAME' } },
  { kind: files, content: 'JWKS', target: { path: 'nginx/jwks.json', layout: 'SYMLINK' } },
  { kind: files, content: 'PEM_PRIVATE', target: { path: 'haproxy/keys', layout: 'RENAME' } },
  { kind: files, content: 'PEM_PUBLIC', target: { path: 'haproxy/keys', layout: 'SYMLINK' } },
  {
    kind: files,
    content: 'PKCS12',
    target: { path: 'java.p12', layout: 'RENAME', afterChange: { touch: 'java/changed' } },
    credential: { password: 'a password' },
  },
  {
    kind: envoy,
    content: 'JWT_AUTHN',
    target: { path: 'envoy/jwt.json', resourceName: 'keyplane', providers: { orders: { issuer: 'i' } } },
  },
  { kind: envoy, content: 'TOKEN', target: { path: 'envoy/token.json', secretName: 'token' } },
] as const;

const atManagers: readonly ConformingKind<typeof vaultKv | typeof webhook>[] = [
  {
    kind: vaultKv,
    content: 'JWKS',
    target: { address: 'https://vault.example:8200', mount: 'secret', path: 'keyplane/orders' },
    credential: { type: 'APPROLE', roleId: 'role', secretId: 'secret' },
  },
  {
    kind: webhook,
    content: 'EVENTS',
    target: { url: 'https://hooks.example/keyplane', events: ['keyring.*'] },
    credential: { secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
  },
];

for (const conforming of [...atNodes, ...atManagers]) conformsToRules(conforming);
for (const conforming of atNodes) {
  const { afterChange: _, ...target } = conforming.target as Record<string, unknown>;
  conformsAtNodes({ ...conforming, target });
}

test('every kind is tested', () => {
  const tested = new Set([...atNodes, ...atManagers].map(({ kind }) => kind));
  for (const name of outletKindNames) expect(tested).toContain(outletKind(name));
});

test('no two kinds have a flag of the command line in common', () => {
  const flagsOf = (name: OutletKindName) =>
    new Set(
      outletKind(name)
        .fields.flat()
        .flatMap((field) => ('flag' in field && field.flag ? [field.flag.name] : [])),
    );
  const flags = outletKindNames.flatMap((name) => [...flagsOf(name)]);
  expect(flags).toEqual([...new Set(flags)]);
});
