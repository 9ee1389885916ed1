import type { ProjectScope } from '../access/caller.ts';
import { reachedEnvironments } from '../environments/reached-environment.ts';
import { atMember, badRequest, isKeyplaneError } from '../errors.ts';
import { importJwk } from '../jose/import-jwk.ts';
import { type KeyFacts, keyFacts } from '../jose/key-facts.ts';
import {
  encryptedKeyIn,
  encryptedKeyLabel,
  jwkFromKeyContent,
  type KeyContent,
  passphraseRequired,
} from '../jose/key-pem.ts';
import { writePem } from '../jose/pem.ts';
import type { KeystoreOpener } from '../keystore-worker/keystore-opener.ts';
import { checkName, lookupName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import { type CryptoKeyType, cryptoKeyTypes } from '../protocol/content.ts';
import type { SourceContext } from '../sources/jwk-source.ts';
import { keyKind, type MaterialRuleStores } from './material-kind.ts';
import { type MaterialRuleOptions, MaterialRules } from './material-rules.ts';
import type { CryptoKey } from './material-store.ts';
import { laterThan, requireSameName } from './optimistic-update.ts';
import { type ReferencePolicy, readReferencePolicy } from './referenced-jwks.ts';
import { optionalAlias, requireValue } from './required-value.ts';
import { sealKeyContent } from './sealed-material.ts';

export const secretKeyAlgorithms = Object.freeze(['AES', 'DES', 'DESede', 'RSA'] as const);

export interface CreateKeyRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly keyType?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly cryptoKeyInfoEnvironmentList?: readonly KeyEnvironmentRequest[] | undefined;
}

export interface KeyEnvironmentRequest {
  readonly environmentName?: string | undefined;
  readonly content?: string | undefined;
  /** Opens an encrypted private key; it is not stored. */
  readonly passphrase?: string | undefined;
  readonly alias?: string | undefined;
}

/** Most that a raw secret key may have; no algorithm of the table takes more. */
const secretBytesLimit = 1024;

export class CryptoKeys extends MaterialRules<CryptoKey> {
  readonly #options: MaterialRuleOptions;
  readonly #opener: Pick<KeystoreOpener, 'openKey'>;

  constructor(options: MaterialRuleOptions & { readonly keystores: Pick<KeystoreOpener, 'openKey'> }) {
    super(keyKind, options);
    this.#options = options;
    this.#opener = options.keystores;
  }

  /** What a key is, for those who name it only; undefined when it is not there. */
  async typeOf(projectId: string, name: string | undefined): Promise<CryptoKeyType | undefined> {
    if (name === undefined) return undefined;
    return this.#options.store.read(
      async (stores) => (await stores.cryptoKeys.find(projectId, lookupName(name)))?.keyType,
    );
  }

  /**
   * What a private or public key is; nothing is stored.
   * @throws KeyplaneError `bad_request`, or `rate_limit_exceeded` when too many wait for theirs
   */
  async inspect({
    content,
    passphrase,
  }: Pick<KeyEnvironmentRequest, 'content' | 'passphrase'>): Promise<
    KeyFacts & { readonly keyType: KeyContent['kind'] }
  > {
    const opened = await this.#opened(requireValue(content, 'content'), passphrase);
    const { jwk, kind, restriction } = jwkFromKeyContent(opened);
    return { ...keyFacts(await importJwk(jwk), restriction), keyType: kind };
  }

  async create(scope: ProjectScope, request: CreateKeyRequest) {
    const name = checkName(request.name, 'Key name');
    const createdAt = this.#options.clock();
    const id = newId();
    const asked = await this.#read(scope, request, {
      id,
      requireFreeName: (stores) => this.requireFreeName(stores, scope.projectId, name),
    });
    const identity = { id, projectId: scope.projectId, name, createdAt, updatedAt: createdAt };
    return this.insert(scope, { ...identity, ...asked.material });
  }

  /** All fields as at creation, but for the name, which stays. */
  async update(
    scope: ProjectScope,
    name: string,
    { request, policy }: { request: CreateKeyRequest; policy: ReferencePolicy },
  ) {
    const follows = readReferencePolicy(policy);
    const before = await this.toReplace(scope, name);
    requireSameName(request.name, before.name, 'Key name');
    const asked = await this.#read(scope, request, { id: before.id, requireFreeName: async () => {} });
    const after = {
      ...before,
      ...asked.material,
      updatedAt: laterThan(before.updatedAt, this.#options.clock()),
    };
    const context: Partial<SourceContext> = {
      key: async (keyName, environmentName) => {
        const content = asked.contents.get(lookupName(environmentName));
        if (content !== undefined) return { id: after.id, keyType: after.keyType, content };
        throw badRequest(`Key (name: ${keyName}) is not found!`, { reason: 'NOT_FOUND', member: 'name' });
      },
    };
    return this.replace(scope, {
      before,
      after,
      follow: follows ? { name: before.name, context } : undefined,
    });
  }

  /** The key of a request; the order of the checks is the order in which errors are reported. `contents` is secret. */
  async #read(
    scope: ProjectScope,
    request: CreateKeyRequest,
    { id, requireFreeName }: { id: string; requireFreeName: (stores: MaterialRuleStores) => Promise<void> },
  ) {
    const keyType = checkKeyType(requireValue(request.keyType, 'keyType'));
    const algorithm = checkAlgorithm(keyType, request.algorithm);
    await this.#options.store.read(requireFreeName);
    const list = requireValue(request.cryptoKeyInfoEnvironmentList, 'cryptoKeyInfoEnvironmentList');
    const given = list.map(({ environmentName, content, passphrase, alias }) => ({
      environmentName: requireValue(environmentName, 'environmentName'),
      content: requireValue(content, 'content'),
      passphrase,
      alias: optionalAlias(alias),
    }));
    const names = given.map(({ environmentName }) => environmentName);
    const reached = await this.#options.store.read((stores) =>
      reachedEnvironments(stores, scope.projectId, names),
    );
    const asked = await this.#readContents(keyType, given).catch((error: unknown) => {
      throw atMember('content', error);
    });
    const environments = asked.map(({ content, alias }, index) => {
      const environmentId = reached[index]?.id ?? '';
      const sealed = sealKeyContent(this.#options.sealer, id, environmentId)(content);
      return { environmentId, alias, content: sealed };
    });
    const contents = new Map(asked.map(({ content }, index) => [reached[index]?.name ?? '', content]));
    return {
      material: { description: request.description ?? null, keyType, algorithm, environments },
      contents,
    };
  }

  async #readContents<T extends { readonly content: string; readonly passphrase: string | undefined }>(
    keyType: CryptoKeyType,
    given: readonly T[],
  ): Promise<readonly T[]> {
    const asked = keyType === 'SECRET_KEY' ? given : await this.#openEach(given);
    for (const { content } of asked) await checkContent(keyType, content);
    return asked;
  }

  /** One key for several environments is derived once. */
  async #openEach<T extends { readonly content: string; readonly passphrase: string | undefined }>(
    given: readonly T[],
  ): Promise<T[]> {
    const opened: T[] = [];
    for (const [index, item] of given.entries()) {
      const before = given.findIndex(
        ({ content, passphrase }) => content === item.content && passphrase === item.passphrase,
      );
      const content =
        opened[before === index ? -1 : before]?.content ??
        (await this.#opened(item.content, item.passphrase));
      opened.push({ ...item, content });
    }
    return opened;
  }

  /**
   * The content as it is stored: an encrypted key without its encryption, since the seal of the store takes its place.
   * @throws KeyplaneError
   */
  async #opened(content: string, passphrase: string | undefined): Promise<string> {
    const key = encryptedKeyIn(content);
    if (key === undefined) return content;
    if (passphrase === undefined) throw passphraseRequired();
    const { label, der: file, encryption, encoding } = key;
    try {
      const der = await this.#opener.openKey({ file, encryption, encoding, passphrase });
      return writePem(label === encryptedKeyLabel ? 'PRIVATE KEY' : label, der);
    } catch (error) {
      // Forms send an empty passphrase where none was typed.
      if (passphrase === '' && isKeyplaneError(error) && error.member === 'passphrase')
        throw passphraseRequired();
      throw error;
    }
  }
}

function checkKeyType(value: string): CryptoKeyType {
  const known = cryptoKeyTypes.find((keyType) => keyType === value);
  if (!known)
    throw badRequest(
      `keyType (${shownText(value)}) is not valid! Valid values: ${cryptoKeyTypes.join(', ')}`,
      {
        reason: 'FIELD_NOT_VALID',
        member: 'keyType',
      },
    );
  return known;
}

function checkAlgorithm(keyType: CryptoKeyType, algorithm: string | undefined): string | null {
  if (keyType !== 'SECRET_KEY') return algorithm ?? null;
  if (secretKeyAlgorithms.some((known) => known === algorithm)) return algorithm as string;
  const supported = `Supported values: ${secretKeyAlgorithms.join(', ')}`;
  if (!algorithm)
    throw badRequest(`algorithm is required for SECRET_KEY! ${supported}`, {
      reason: 'FIELD_REQUIRED',
      member: 'algorithm',
    });
  throw badRequest(`algorithm (${shownText(algorithm)}) is not valid for SECRET_KEY! ${supported}`, {
    reason: 'ALGORITHM_NOT_VALID',
    member: 'algorithm',
  });
}

/** The content must be a sound key of the stated type: a key that can never become a JWK is rejected. */
async function checkContent(keyType: CryptoKeyType, content: string): Promise<void> {
  if (keyType === 'SECRET_KEY') return checkSecret(content);
  const { jwk, kind } = jwkFromKeyContent(content);
  if (kind !== keyType) {
    throw badRequest(
      `content holds a ${kind} where keyType says ${keyType}! Give the ${keyType}, or the other keyType`,
      { reason: 'FIELD_NOT_VALID', member: 'content' },
    );
  }
  await importJwk(jwk);
}

function checkSecret(content: string): void {
  const text = content.trim();
  const bytes = Buffer.from(text, 'base64');
  const canonical = bytes.toString('base64');
  if (bytes.length === 0 || (canonical !== text && canonical.replace(/=+$/, '') !== text)) {
    throw badRequest('content is not base64! A SECRET_KEY takes the base64 of its raw bytes', {
      reason: 'FIELD_NOT_VALID',
      member: 'content',
    });
  }
  if (bytes.length > secretBytesLimit) {
    throw badRequest(`content has ${bytes.length} bytes! A SECRET_KEY takes 1 to ${secretBytesLimit}`, {
      reason: 'FIELD_NOT_VALID',
      member: 'content',
    });
  }
}
