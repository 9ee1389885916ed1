import { readFileSync } from 'node:fs';
import type { Api, TestManager } from '../../test/support/manager.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../test/formats/fixtures/${name}`, import.meta.url));

const sign = { keyUseType: 'SIGNATURE' };
const day = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();

const generated = [
  { name: 'checkout-signing-2026', type: 'RSA', rsa: { keySize: 2048, ...sign } },
  { name: 'checkout-signing-next', type: 'EC', ec: { curveType: 'P256', ...sign } },
  {
    name: 'refunds-signing',
    type: 'EC',
    ec: { curveType: 'P384', ...sign, expirationTime: inDays(12) },
  },
  { name: 'webhook-signing', type: 'OKP', okp: { curveType: 'ED25519', ...sign } },
  { name: 'partner-encryption', type: 'RSA', rsa: { keySize: 2048, keyUseType: 'ENCRYPTION' } },
  { name: 'session-hmac', type: 'OCT', oct: { keySize: 256, ...sign, expirationTime: inDays(3) } },
  { name: 'mobile-agreement', type: 'OKP', okp: { curveType: 'X25519' } },
];

/** An installation as it may be after a week, with two connected nodes and one that is offline. */
export async function makeSampleData(manager: TestManager): Promise<void> {
  const { api } = manager;
  await done(api('PUT', '/apiops/environments/production/', { type: 'PRODUCTION' }));
  await manager.addNode('production', 'frankfurt-1');
  await manager.addNode('production', 'dublin-1');
  const gone = await manager.addNode('staging', 'staging-1');
  await materials(api);
  for (const body of generated) {
    await done(api('POST', '/apiops/projects/payments/jwks/generate', { description: 'Sample', ...body }));
  }
  await done(
    api('POST', '/apiops/projects/payments/jwks/', {
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
  await gone.close();
}

async function materials(api: Api): Promise<void> {
  const form = new FormData();
  form.set('certificateName', 'partner-certificate');
  form.set('alias', 'partner');
  form.set('environmentList', 'production,staging');
  form.set('pemEncodedFile', new Blob([fixture('keys/rsa.cert.pem')]), 'partner.pem');
  await done(api('POST', '/apiops/projects/payments/certificates/', form));
  const file = fixture('java17/store.jks').toString('base64');
  const opened = { file, password: 'changeit', keyStoreType: 'JKS' };
  const keyStoreEnvironmentList = [{ environmentName: 'production', ...opened }];
  const keystore = { name: 'acquirer-keystore', keyStoreEnvironmentList };
  await done(api('POST', '/apiops/projects/payments/keystores/', keystore));
}

async function done(answer: ReturnType<Api>): Promise<void> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`not made: ${status} ${JSON.stringify(body)}`);
}
