import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  accepted,
  type Body,
  type ProjectApi,
  pemFile,
  projectApi,
  refusal,
} from '../api/support/project-api.ts';
import {
  CertificateFolder,
  curve,
  type Issued,
  offItsCurve,
  privateJwkOf,
  publicJwkOf,
  rsaBits,
} from '../support/issued-certificates.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

const folder = new CertificateFolder();
const brainpoolCa = folder.issue({ subject: 'Brainpool CA', key: curve('brainpoolP256r1') });
const root = folder.issue({ subject: 'Root' });
const underBrainpool = folder.issue({ subject: 'Leaf', issuer: brainpoolCa });
const underRoot = folder.issue({ subject: 'Leaf', issuer: root });
const otherRoot = folder.issue({ subject: 'Root' });

let world: TestManager;
let project: ProjectApi;
beforeAll(async () => {
  world = await startTestManager({ environments: ['production'] });
  await world.addNode('production', 'p1');
  project = projectApi(world.api);
});
afterAll(async () => {
  folder.remove();
  await world.close();
});

const upload = (certificateName: string, pem: string) =>
  project.certificate({
    certificateName,
    alias: certificateName,
    environmentList: 'production',
    pemEncodedFile: pemFile(pem),
  });
const demand = { environmentName: 'production', useType: 'SIGNATURE', algorithm: 'ES256' };
const fromCertificate = (certificateName: string, more: Body = {}) =>
  project.create({ name: certificateName, sourceType: 'CERTIFICATE', certificateName, ...demand, ...more });
let made = 0;
const paste = (jwk: unknown, more: Body = {}) => {
  made += 1;
  return project.create({
    name: `pasted-${made}`,
    sourceType: 'COPY_PASTE',
    jwkStr: JSON.stringify(jwk),
    kid: `k${made}`,
    ...more,
  });
};

const cuts: readonly [
  what: string,
  leaf: Issued,
  behind: readonly Issued[],
  kept: number,
  fault: string | undefined,
][] = [
  ['that hangs together', underRoot, [root], 2, undefined],
  ['of the leaf alone', underRoot, [], 1, undefined],
  ['under a Brainpool CA', underBrainpool, [brainpoolCa], 1, 'certificate 2 is on a Brainpool curve'],
  [
    'with another certificate of the same name',
    underRoot,
    [otherRoot],
    1,
    'certificate 2 did not sign certificate 1',
  ],
  [
    'with another root at its end',
    underRoot,
    [root, otherRoot],
    2,
    'certificate 3 did not sign certificate 2',
  ],
  ['with its root twice', underRoot, [root, root], 2, 'certificate 3 is there twice'],
];

describe('a chain', () => {
  test.each(cuts)(
    '%s is kept in x5c as far as it hangs together',
    async (_what, leaf, behind, kept, fault) => {
      const all = [leaf, ...behind].map(({ x5c }) => x5c);
      const answer = await paste({ ...publicJwkOf(leaf), x5c: all });
      accepted(answer);
      expect((await project.material(`pasted-${made}`)).x5c).toEqual(all.slice(0, kept));
      expect(answer.body.warnings).toEqual(
        fault === undefined ? undefined : [`x5c was cut to ${kept} of ${all.length} certificates: ${fault}`],
      );
    },
  );

  test.each(cuts)(
    '%s of a certificate is cut in the JWK, and the upload warns too',
    async (what, leaf, behind, kept, fault) => {
      const name = `file-${what.replaceAll(' ', '-')}`;
      const all = [leaf, ...behind];
      const uploaded = await upload(name, all.map(({ pem }) => pem).join(''));
      accepted(uploaded);
      const created = await fromCertificate(name, { kid: name });
      accepted(created);
      expect((await project.material(name)).x5c).toEqual(all.slice(0, kept).map(({ x5c }) => x5c));
      const texts = [uploaded, created].map(({ body }) => body.warnings);
      expect(texts).toEqual(
        fault === undefined
          ? [undefined, undefined]
          : [
              [`A JWK made from it gets ${kept} of its ${all.length} certificates: ${fault}`],
              [`x5c was cut to ${kept} of ${all.length} certificates: ${fault}`],
            ],
      );
    },
  );

  test.each(cuts)('%s of a keystore is cut in the JWK', async (what, leaf, behind, kept, fault) => {
    const name = `store-${what.replaceAll(' ', '-')}`;
    const bundle = join(folder.path, 'bundle.pem');
    writeFileSync(bundle, behind.map(({ pem }) => pem).join(''));
    const chain = behind.length > 0 ? ['-certfile', bundle] : [];
    const file = join(folder.path, 'store.p12');
    folder.openssl(
      'pkcs12',
      '-export',
      '-in',
      leaf.certificatePath,
      '-inkey',
      leaf.keyPath,
      ...chain,
      '-name',
      'leaf',
      '-passout',
      'pass:changeit',
      '-out',
      file,
    );
    const environment = { environmentName: 'production', password: 'changeit', keyStoreType: 'PKCS12' };
    accepted(
      await project.call('POST', 'keystores/', {
        name,
        keyStoreEnvironmentList: [{ ...environment, file: readFileSync(file).toString('base64') }],
      }),
    );
    const answer = await project.create({
      name,
      sourceType: 'KEYSTORE',
      keyStoreName: name,
      aliasName: 'leaf',
      kid: name,
      ...demand,
    });
    accepted(answer);
    // A keystore's chain is looked up by names: what names nothing of it is no part of it.
    const x5c: readonly string[] = (await project.material(name)).x5c;
    expect(x5c).toEqual([leaf, ...behind].slice(0, kept).map((one) => one.x5c));
    if (fault?.includes('Brainpool') || what.includes('same name')) {
      expect(answer.body.warnings).toEqual([`x5c was cut to 1 of 2 certificates: ${fault}`]);
    }
  });

  test('of a keystore goes by the CA that signed, whichever of one name stands first', async () => {
    for (const [index, authorities] of [
      [otherRoot, root],
      [root, otherRoot],
    ].entries()) {
      const bundle = join(folder.path, 'both.pem');
      writeFileSync(bundle, authorities.map(({ pem }) => pem).join(''));
      const file = join(folder.path, 'both.p12');
      folder.openssl(
        'pkcs12',
        '-export',
        '-in',
        underRoot.certificatePath,
        '-inkey',
        underRoot.keyPath,
        '-certfile',
        bundle,
        '-name',
        'leaf',
        '-passout',
        'pass:changeit',
        '-out',
        file,
      );
      const name = `both-${index}`;
      const environment = { environmentName: 'production', password: 'changeit', keyStoreType: 'PKCS12' };
      accepted(
        await project.call('POST', 'keystores/', {
          name,
          keyStoreEnvironmentList: [{ ...environment, file: readFileSync(file).toString('base64') }],
        }),
      );
      const answer = await project.create({
        name,
        sourceType: 'KEYSTORE',
        keyStoreName: name,
        aliasName: 'leaf',
        kid: name,
        ...demand,
      });
      accepted(answer);
      expect(answer.body.warnings).toBeUndefined();
      expect((await project.material(name)).x5c).toEqual([underRoot.x5c, root.x5c]);
    }
  });

  test('in reverse order gives a JWK only the first certificate, with a warning', async () => {
    const { body } = await upload('reversed', root.pem + underRoot.pem);
    expect(body.warnings).toEqual([
      'A JWK made from it gets 1 of its 2 certificates: certificate 2 did not sign certificate 1 (the leaf comes first)',
    ]);
  });

  test('holds no private key, also behind what is cut off', async () => {
    const secret = Buffer.from(readFileSync(root.keyPath, 'utf8')).toString('base64');
    const x5c = [underRoot.x5c, otherRoot.x5c, secret];
    expect(refusal(await paste({ ...publicJwkOf(underRoot), x5c }))).toContain(
      'x5c[2] holds private key material!',
    );
  });

  test.each([
    ['is PEM', (pem: string) => pem, /^x5c\[0\] is a public key, not a certificate!/],
    ['is base64 of PEM', (pem: string) => btoa(pem), /^x5c\[0\] is a public key, not a certificate!/],
    [
      'is DER',
      (pem: string) => pem.replace(/-----[^-]+-----|\n/g, ''),
      /^x5c\[0\] is a public key, not a certificate!/,
    ],
  ])('is no public key, which %s', async (_what, written, text) => {
    const pem = new X509Certificate(root.pem).publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(refusal(await paste({ ...publicJwkOf(root), x5c: [written(pem)] }))).toMatch(text);
  });
});

describe('a certificate of a key that JOSE does not have', () => {
  folder.openssl(
    'genpkey',
    '-genparam',
    '-algorithm',
    'DSA',
    '-pkeyopt',
    'dsa_paramgen_bits:1024',
    '-out',
    join(folder.path, 'dsa.params'),
  );
  test.each<[string, Issued, string]>([
    ['Brainpool', brainpoolCa, 'it is on a Brainpool curve'],
    ['P-224', folder.issue({ subject: 'P-224', key: curve('P-224') }), 'it is on curve P-224'],
    [
      'DSA',
      folder.issue({ subject: 'DSA', key: ['-paramfile', join(folder.path, 'dsa.params')] }),
      'it is a DSA key',
    ],
  ])('of the kind %s is stored, and no JWK is made of it', async (name, { pem, der }, reason) => {
    const { body } = await upload(name, pem);
    expect(body).toMatchObject({ success: true, warnings: [expect.stringContaining(reason)] });
    const shown = (await project.call('GET', `certificates/${name}/`)).body.resultList[0];
    expect(shown.certificateEnvironmentList[0].base64EncodedContent).toBe(der.toString('base64'));
    const answer = await fromCertificate(name);
    expect(answer.body).toMatchObject({ error: 'bad_request', reason: 'KEY_NOT_SUPPORTED' });
    expect(refusal(answer)).toContain(`No JWK can be made of the certificate: ${reason}; supported are RSA`);
  });

  test('of RSA 1024 is stored, and no JWK is made of it', async () => {
    accepted(await upload('short', folder.issue({ subject: 'Short', key: rsaBits(1024) }).pem));
    const answer = await fromCertificate('short', { algorithm: 'RS256' });
    expect(answer.body).toMatchObject({
      reason: 'KEY_NOT_SOUND',
      error_description: expect.stringContaining('1024 bits'),
    });
  });
});

describe('a certificate whose key is no point of its curve', () => {
  const good = folder.issue({ subject: 'Good' });
  test.each<[string, string]>([
    ['P-256', offItsCurve(good)],
    ['P-521', offItsCurve(folder.issue({ subject: 'P-521', key: curve('P-521') }))],
    ['secp256k1', offItsCurve(folder.issue({ subject: 'k1', key: curve('secp256k1') }))],
    ['P-224', offItsCurve(folder.issue({ subject: 'P-224', key: curve('P-224') }))],
    ['Brainpool', offItsCurve(brainpoolCa)],
    ['Ed25519', offItsCurve(folder.issue({ subject: 'Ed25519', key: ['-algorithm', 'ED25519'] }), 32)],
    ['the second of a file', good.pem + offItsCurve(folder.issue({ subject: 'Second' }))],
  ])('is rejected: %s', async (what, pem) => {
    const answer = await upload(`off-${what.replaceAll(' ', '-')}`, pem);
    expect(answer.body).toMatchObject({ error: 'bad_request', reason: 'KEY_NOT_SOUND' });
    expect(refusal(answer)).toContain('its public key is not a point of its curve');
  });
});

describe('the key usage that a certificate states', () => {
  const usage = (value: string, key = curve('P-256')) =>
    folder.issue({ subject: value, key, extensions: `keyUsage=critical,${value}` });
  const enciphering = usage('keyEncipherment', rsaBits(2048));
  const signing = usage('digitalSignature');
  const committing = usage('nonRepudiation');
  const agreeing = usage('keyAgreement');
  const certifying = usage('keyCertSign,cRLSign');
  const data = usage('dataEncipherment', rsaBits(2048));

  test.each<[string, Issued, Body]>([
    ['digitalSignature with use sig', signing, { use: 'sig' }],
    ['nonRepudiation with key_ops verify', committing, { key_ops: ['verify'] }],
    ['keyEncipherment with use enc', enciphering, { use: 'enc' }],
    ['dataEncipherment with key_ops encrypt', data, { key_ops: ['encrypt'] }],
    ['keyAgreement with use enc', agreeing, { use: 'enc' }],
    ['keyCertSign with neither', certifying, {}],
    ['none with use sig', underRoot, { use: 'sig' }],
    ['none with use enc', underRoot, { use: 'enc' }],
  ])('agrees: %s', async (_what, issued, members) => {
    accepted(await paste({ ...publicJwkOf(issued), ...members, x5c: [issued.x5c] }));
  });

  test.each<[string, Issued, Body, string]>([
    [
      'keyEncipherment with use sig',
      enciphering,
      { use: 'sig' },
      'use (sig) contradicts the key usage that the certificate states (keyEncipherment)! SIGNATURE needs digitalSignature or nonRepudiation (RFC 7517 §4.7)',
    ],
    [
      'digitalSignature with use enc',
      signing,
      { use: 'enc' },
      'use (enc) contradicts the key usage that the certificate states (digitalSignature)! ENCRYPTION needs keyEncipherment or dataEncipherment or keyAgreement (RFC 7517 §4.7)',
    ],
    [
      'keyAgreement with key_ops verify',
      agreeing,
      { key_ops: ['verify'] },
      'key_ops contradicts the key usage that the certificate states (keyAgreement)! SIGNATURE needs digitalSignature or nonRepudiation (RFC 7517 §4.7)',
    ],
    [
      'keyCertSign with use sig',
      certifying,
      { use: 'sig' },
      'use (sig) contradicts the key usage that the certificate states (keyCertSign, cRLSign)! SIGNATURE needs digitalSignature or nonRepudiation (RFC 7517 §4.7)',
    ],
  ])('contradicts: %s', async (_what, issued, members, text) => {
    const answer = await paste({ ...publicJwkOf(issued), ...members, x5c: [issued.x5c] });
    expect(refusal(answer)).toBe(text);
    expect(answer.body.reason).toBe('KEY_INCONSISTENT');
  });

  test('contradicts the use type that a certificate, keystore or pasted key is to have', async () => {
    accepted(await upload('enciphering', enciphering.pem));
    const rs256 = { useType: 'SIGNATURE', algorithm: 'RS256' };
    const answers = [
      await fromCertificate('enciphering', rs256),
      await paste({ ...privateJwkOf(enciphering), x5c: [enciphering.x5c] }, rs256),
    ];
    for (const answer of answers) {
      expect(refusal(answer)).toContain('the key usage that the certificate states (keyEncipherment)');
      expect(answer.body).toMatchObject({ reason: 'ALGORITHM_NOT_VALID', member: 'useType' });
    }
    accepted(await fromCertificate('enciphering', { useType: 'ENCRYPTION', algorithm: 'RSA-OAEP-256' }));
  });
});
