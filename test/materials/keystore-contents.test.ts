import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCertificates } from '../../src/jose/certificate.ts';
import { keystoreContents } from '../../src/materials/keystore-contents.ts';

test('other requests are served while the certificates of a large keystore are read', async () => {
  const pem = readFileSync(new URL('../jose/fixtures/ec.pem', import.meta.url), 'utf8');
  const [leaf] = readCertificates(pem);
  const listing = Array.from({ length: 100 }, (_, index) => ({
    alias: `a${index}`,
    kind: 'TRUSTED_CERTIFICATE' as const,
    locked: false,
    ...(leaf && { certificate: leaf.der }),
  }));
  let turns = 0;
  let reading = true;
  const count = () => {
    turns += 1;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  const contents = await keystoreContents(listing);
  reading = false;
  expect(contents.map(({ type }) => type)).toEqual(listing.map(() => 'EC'));
  // The first turn is given at once.
  expect(turns).toBeGreaterThanOrEqual(listing.length - 1);
});
