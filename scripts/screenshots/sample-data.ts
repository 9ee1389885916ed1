import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api, TestManager } from '../../test/support/manager.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../test/formats/fixtures/${name}`, import.meta.url));

const project = '/apiops/projects/payments/';
const sign = { keyUseType: 'SIGNATURE' };
const day = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();

const generated = [
  {
    name: 'checkout-signing-2026',
    description: 'Receipts of the checkout',
    type: 'RSA',
    rsa: { keySize: 2048, ...sign },
  },
  {
    name: 'checkout-signing-next',
    description: 'Successor of checkout-signing-2026',
    type: 'EC',
    ec: { curveType: 'P256', ...sign },
  },
  {
    name: 'refunds-signing',
    description: 'Refund orders',
    type: 'EC',
    ec: { curveType: 'P384', ...sign, expirationTime: inDays(12) },
  },
  {
    name: 'webhook-signing',
    description: 'Webhooks to shops',
    type: 'OKP',
    okp: { curveType: 'ED25519', ...sign },
  },
  {
    name: 'partner-encryption',
    description: 'Card data from partners',
    type: 'RSA',
    rsa: { keySize: 2048, keyUseType: 'ENCRYPTION' },
  },
  {
    name: 'session-hmac',
    description: 'Session cookies',
    type: 'OCT',
    oct: { keySize: 256, ...sign, expirationTime: inDays(3) },
  },
  {
    name: 'mobile-agreement',
    description: 'Key agreement of the mobile app',
    type: 'OKP',
    okp: { curveType: 'X25519' },
  },
];

/** An installation as it may be after a week, with two connected nodes and one that is offline. */
export async function makeSampleData(manager: TestManager): Promise<void> {
  const { api } = manager;
  await done(api('PUT', '/apiops/environments/production/', { type: 'PRODUCTION' }));
  for (const name of ['frankfurt-1', 'dublin-1']) {
    await manager.addNode('production', name, { outletDir: join(manager.dataDir, 'outlets', name) });
  }
  const offline = await manager.addNode('staging', 'staging-1', {
    outletDir: join(manager.dataDir, 'outlets', 'staging-1'),
  });
  await materials(api);
  for (const body of generated) {
    await done(api('POST', `${project}jwks/generate`, body));
  }
  await done(
    api('POST', `${project}jwks/`, {
      name: 'acquirer',
      sourceType: 'KEYSTORE',
      keyStoreName: 'acquirer-keystore',
      aliasName: 'rsa',
      environmentName: 'production',
      useType: 'SIGNATURE',
      algorithm: 'PS256',
    }),
  );
  await manager.as('ada', { project: 'payments', roles: ['ROLE_API_SECURITY'] });
  await useOfKeys(api);
  await offline.close();
  await done(api('POST', `${project}key-rings/partner-signing/rotate`, {}));
}

/** Key rings and what refers to them. */
async function useOfKeys(api: Api): Promise<void> {
  await webhook(api);
  const es256 = { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } };
  await done(
    api('POST', `${project}key-rings/`, { name: 'api-signing', description: 'Access tokens', ...es256 }),
  );
  await done(api('POST', `${project}key-rings/`, { name: 'partner-signing', ...es256 }));
  await done(
    api('POST', `${project}token-profiles/`, {
      name: 'orders-api',
      keyRingName: 'api-signing',
      issuer: 'https://id.example.com',
      audiences: ['orders', 'invoices'],
      claims: { allowed: ['scope'] },
    }),
  );
  await done(
    api('POST', `${project}applications/`, {
      name: 'checkout',
      description: 'Signs orders',
      grants: [
        { keyRingName: 'api-signing', operations: ['SIGN', 'VERIFY'], ratePerSecond: 100, burst: 200 },
        { jwkName: 'partner-encryption', operations: ['DECRYPT'] },
        { tokenProfileName: 'orders-api', operations: ['ISSUE'] },
      ],
    }),
  );
  await done(
    api('POST', `${project}views/`, {
      name: 'partners',
      description: 'What partners verify with',
      include: { keyRingNames: ['partner-signing'], keyTypes: ['EC'] },
    }),
  );
  await files(api);
}

/** It is never reached, so its deliveries fail. */
async function webhook(api: Api): Promise<void> {
  await done(
    api('POST', `${project}outlets/`, {
      name: 'chat',
      kind: 'WEBHOOK',
      description: 'Messages of key rings',
      target: { url: 'https://chat.invalid/keyplane', events: ['keyring.*'] },
      credential: { secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
    }),
  );
}

async function materials(api: Api): Promise<void> {
  const form = new FormData();
  form.set('certificateName', 'partner-certificate');
  form.set('alias', 'partner');
  form.set('environmentList', 'production,staging');
  form.set('pemEncodedFile', new Blob([fixture('keys/rsa.cert.pem')]), 'partner.pem');
  await done(api('POST', `${project}certificates/`, form));
  const content = fixture('keys/ec.key.pem').toString();
  await done(
    api('POST', `${project}keys/`, {
      name: 'terminal-key',
      keyType: 'PRIVATE_KEY',
      cryptoKeyInfoEnvironmentList: [{ environmentName: 'production', content }],
    }),
  );
  const file = fixture('java17/store.jks').toString('base64');
  const opened = { file, password: 'changeit', keyStoreType: 'JKS' };
  const keyStoreEnvironmentList = [{ environmentName: 'production', ...opened }];
  const keystore = { name: 'acquirer-keystore', keyStoreEnvironmentList };
  await done(api('POST', `${project}keystores/`, keystore));
}

async function files(api: Api): Promise<void> {
  await done(
    api('POST', `${project}outlets/`, {
      name: 'gateway',
      kind: 'FILES',
      description: 'nginx at the edge',
      environmentNames: ['production'],
      source: { keyRingName: 'api-signing' },
      content: 'JWKS',
      target: { path: 'gateway/jwks.json' },
    }),
  );
}

async function done(answer: ReturnType<Api>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`not made: ${status} ${JSON.stringify(body)}`);
}
