// How the API's description shows what creates and replaces certificates, keys and keystores: with the members that the rules
// require, and their values.

import { z } from 'zod';
import { secretKeyAlgorithms } from '../../materials/crypto-keys.ts';
import { named } from '../openapi/named.ts';
import { keystoreType, nameText } from '../openapi/named-values.ts';
import { descriptionMember } from '../requests/body-schemas.ts';

/** A new one has a name; one that is replaced keeps its own. */
type Naming = 'New' | 'Replace';
const nameOf = (naming: Naming, what: string) => {
  const unique = nameText(`${what}, unique within the project`);
  return naming === 'New' ? unique : nameText('May be given, but cannot be changed').optional();
};

const environmentName = nameText('An environment that the project reaches');
const alias = z.string().min(1).max(255);
const password = z.string().max(1_024);
const description = descriptionMember();

/** A `multipart/form-data` body. */
export function certificateDescription(naming: Naming) {
  return named(
    `${naming}Certificate`,
    z.strictObject({
      certificateName: nameOf(naming, 'Certificate name'),
      alias: alias.describe('Unique among the certificates of an environment'),
      certificateDescription: description,
      environmentList: z.string().min(1).describe('Environment names, separated by commas'),
      pemEncodedFile: z.string().meta({
        format: 'binary',
        description: 'The certificate as PEM, where the certificates of its issuers may follow it, or as DER',
      }),
    }),
  );
}

const content = z.string().min(1).describe('PEM (PKCS#1, PKCS#8, SEC 1, SPKI), or base64 of PEM or of DER');
const keyAlias = alias.optional().describe('For people to tell keys apart');

const privateKeyContent = named(
  'PrivateKeyContent',
  z.strictObject({
    environmentName,
    content,
    passphrase: password.optional().describe('Opens an encrypted private key; it is not stored'),
    alias: keyAlias,
  }),
);
const publicKeyContent = named(
  'PublicKeyContent',
  z.strictObject({ environmentName, content, alias: keyAlias }),
);
const secretKeyContent = named(
  'SecretKeyContent',
  z.strictObject({
    environmentName,
    content: z.string().min(1).describe('base64 of the raw bytes, 1024 at most'),
    alias: keyAlias,
  }),
);

function listOfEnvironments<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item).min(1).max(100).describe(`${what} of each environment`);
}

export function keyDescription(naming: Naming) {
  const base = { name: nameOf(naming, 'Key name'), description };
  const algorithm = z.string().max(128).optional();
  return named(
    `${naming}Key`,
    z.discriminatedUnion('keyType', [
      named(
        `${naming}PrivateKey`,
        z.strictObject({
          ...base,
          keyType: z.literal('PRIVATE_KEY'),
          algorithm,
          cryptoKeyInfoEnvironmentList: listOfEnvironments(privateKeyContent, 'The key'),
        }),
      ),
      named(
        `${naming}PublicKey`,
        z.strictObject({
          ...base,
          keyType: z.literal('PUBLIC_KEY'),
          algorithm,
          cryptoKeyInfoEnvironmentList: listOfEnvironments(publicKeyContent, 'The key'),
        }),
      ),
      named(
        `${naming}SecretKey`,
        z.strictObject({
          ...base,
          keyType: z.literal('SECRET_KEY'),
          algorithm: z.enum(secretKeyAlgorithms).describe('What the bytes are for, by its name in Java'),
          cryptoKeyInfoEnvironmentList: listOfEnvironments(secretKeyContent, 'The bytes'),
        }),
      ),
    ]),
  );
}

export const keyPasswordsMember = z
  .record(z.string().min(1), z.string().max(1024))
  .refine((passwords) => Object.keys(passwords).length <= 1_000)
  .describe('By alias: passwords of single keys, which come before `keyPassword`');

const keystoreContent = named(
  'KeystoreContent',
  z.strictObject({
    environmentName,
    file: z.string().min(1).describe('base64 of the keystore file, which has 10 MiB at most'),
    password,
    alias: keyAlias,
    keyPassword: password
      .optional()
      .describe('Where the keys have another password than the keystore, also an empty one'),
    keyPasswords: keyPasswordsMember.optional(),
    keyStoreType: keystoreType,
  }),
);

export function keystoreDescription(naming: Naming) {
  return named(
    `${naming}Keystore`,
    z.strictObject({
      name: nameOf(naming, 'Keystore name'),
      description,
      keyStoreEnvironmentList: listOfEnvironments(keystoreContent, 'The keystore'),
    }),
  );
}
