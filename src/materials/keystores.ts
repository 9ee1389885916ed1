import { reachedEnvironments } from '../environments/reached-environment.ts';
import { badRequest } from '../errors.ts';
import type { KeystoreOpener } from '../keystore-worker/keystore-opener.ts';
import { checkName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import { keystoreKind } from './material-kind.ts';
import { type MaterialRuleOptions, MaterialRules, type MaterialScope } from './material-rules.ts';
import type { StoredKeystore } from './material-store.ts';
import { checkAlias, requireValue } from './required-value.ts';
import { type OpenKeystoreFile, sealKeystoreFile } from './sealed-material.ts';

export const keystoreTypes = Object.freeze(['JKS', 'PKCS12'] as const);
type KeystoreType = (typeof keystoreTypes)[number];

export interface CreateKeystoreRequest {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly keyStoreEnvironmentList?: readonly KeystoreEnvironmentRequest[] | undefined;
}

export interface KeystoreEnvironmentRequest {
  readonly environmentName?: string | undefined;
  /** base64 of the file. */
  readonly file?: string | undefined;
  readonly password?: string | undefined;
  readonly alias?: string | undefined;
  readonly keyPassword?: string | undefined;
  readonly keyStoreType?: string | undefined;
}

export class Keystores extends MaterialRules<StoredKeystore> {
  readonly #options: MaterialRuleOptions;
  readonly #opener: KeystoreOpener;

  constructor(options: MaterialRuleOptions & { readonly keystores: KeystoreOpener }) {
    super(keystoreKind, options);
    this.#options = options;
    this.#opener = options.keystores;
  }

  async create(scope: MaterialScope, request: CreateKeystoreRequest) {
    const name = checkName(request.name, 'Keystore name');
    await this.#options.store.read((nouns) => this.refuseTaken(nouns, scope.projectId, name));
    const list = requireValue(request.keyStoreEnvironmentList, 'keyStoreEnvironmentList');
    const asked = list.map(readEnvironmentRequest);
    const names = asked.map(({ environmentName }) => environmentName);
    const reached = await this.#options.store.read((nouns) =>
      reachedEnvironments(nouns, scope.projectId, names),
    );
    for (const { opened, alias } of asked) await this.#refuseUnreadable(name, opened, alias);
    const id = newId();
    const now = this.#options.clock();
    const environments = asked.map(({ opened, alias }, index) => {
      const environmentId = reached[index]?.id ?? '';
      const sealed = sealKeystoreFile(this.#options.sealer, id, { environmentId, opened });
      return { environmentId, alias, keystoreType: opened.type, ...sealed };
    });
    const { projectId } = scope;
    const base = {
      id,
      projectId,
      name,
      description: request.description ?? null,
      createdAt: now,
      updatedAt: now,
    };
    return this.insert(scope, { ...base, environments });
  }

  /** A keystore is never stored unread: its integrity, and at least one of its keys if it holds any. */
  async #refuseUnreadable(name: string, opened: OpenKeystoreFile, alias: string | null): Promise<void> {
    const entries = await this.#opener.inspect(opened);
    if (alias !== null && !entries.some((entry) => entry.alias.toLowerCase() === alias.toLowerCase())) {
      throw badRequest(`Alias (${shownText(alias)}) is not found in keystore (name: ${name})!`);
    }
    const keys = entries.filter((entry) => entry.kind !== 'TRUSTED_CERTIFICATE');
    if (keys.length > 0 && keys.every((entry) => entry.locked)) {
      throw badRequest(
        'keyPassword does not open any key of the keystore! Give the password that its keys have',
      );
    }
  }
}

function readEnvironmentRequest(request: KeystoreEnvironmentRequest) {
  const environmentName = requireValue(request.environmentName, 'environmentName');
  const file = decodeFile(requireValue(request.file, 'file'));
  // An empty password is one: such PKCS#12 files exist.
  if (request.password === undefined) throw badRequest('password value can not be empty!');
  const type = checkKeystoreType(requireValue(request.keyStoreType, 'keyStoreType'));
  const { password, keyPassword } = request;
  const opened: OpenKeystoreFile = {
    file,
    password,
    type,
    ...(keyPassword !== undefined && { keyPassword }),
  };
  return { environmentName, opened, alias: request.alias === undefined ? null : checkAlias(request.alias) };
}

function checkKeystoreType(value: string): KeystoreType {
  const known = keystoreTypes.find((type) => type === value);
  if (!known)
    throw badRequest(
      `keyStoreType (${shownText(value)}) is not valid! Valid values: ${keystoreTypes.join(', ')}`,
    );
  return known;
}

function decodeFile(text: string): Buffer {
  const compact = text.replace(/\s+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.length === 0 || bytes.toString('base64').replace(/=+$/, '') !== compact.replace(/=+$/, '')) {
    throw badRequest('file is not base64! It takes the base64 of the keystore file');
  }
  return bytes;
}
