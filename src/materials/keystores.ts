import type { ProjectScope } from '../access/caller.ts';
import { reachedEnvironment, reachedEnvironments } from '../environments/reached-environment.ts';
import { atMember, badRequest } from '../errors.ts';
import type { KeyPasswords, KeystoreListing } from '../formats/keystore.ts';
import { keystoreTypeOf } from '../formats/keystore-type-of.ts';
import { foldAlias } from '../formats/opened-keystore.ts';
import type { KeystoreOpener } from '../keystore-worker/keystore-opener.ts';
import { checkName, lookupName, shownText } from '../names.ts';
import { newId } from '../new-id.ts';
import { type KeystoreType, keystoreTypes } from '../protocol/content.ts';
import type { SourceContext } from '../sources/jwk-source.ts';
import { keystoreContents } from './keystore-contents.ts';
import { keystoreKind } from './material-kind.ts';
import { type MaterialRuleOptions, MaterialRules } from './material-rules.ts';
import type { StoredKeystore } from './material-store.ts';
import { laterThan, requireSameName } from './optimistic-update.ts';
import { type ReferencePolicy, readReferencePolicy } from './referenced-jwks.ts';
import { optionalAlias, requireValue } from './required-value.ts';
import { type OpenKeystoreFile, openKeystoreFile, sealKeystoreFile } from './sealed-material.ts';

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
  /** By alias. */
  readonly keyPasswords?: Readonly<Record<string, string>> | undefined;
  readonly keyStoreType?: string | undefined;
}

export interface InspectKeystoreRequest {
  /** base64 of the file. */
  readonly file?: string | undefined;
  readonly password?: string | undefined;
  readonly keyPassword?: string | undefined;
  /** By alias. */
  readonly keyPasswords?: Readonly<Record<string, string>> | undefined;
  /** Detected from the file if it is left out. */
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

  async create(scope: ProjectScope, request: CreateKeystoreRequest) {
    const name = checkName(request.name, 'Keystore name');
    const createdAt = this.#options.clock();
    const id = newId();
    await this.#options.store.read((stores) => this.requireFreeName(stores, scope.projectId, name));
    const asked = await this.#read(scope, request, { id, name });
    const identity = { id, projectId: scope.projectId, name, createdAt, updatedAt: createdAt };
    return this.insert(scope, { ...identity, ...asked.material });
  }

  /**
   * What a file holds, alias by alias; nothing is stored.
   * @throws KeyplaneError `bad_request`, or `rate_limit_exceeded` when too many wait for theirs
   */
  async inspect(request: InspectKeystoreRequest) {
    const file = decodeFile(requireValue(request.file, 'file'));
    if (request.password === undefined)
      throw badRequest('password value can not be empty!', { reason: 'FIELD_REQUIRED', member: 'password' });
    const { password } = request;
    const type = request.keyStoreType ? checkKeystoreType(request.keyStoreType) : likelyType(file);
    const listing = await this.#opener.inspect({ file, password, type, ...keyPasswordsOf(request) });
    refuseUnknownAliases(request.keyPasswords, listing, 'the keystore');
    return { type, entries: await keystoreContents(listing) };
  }

  /** What a stored keystore holds in one environment. */
  async entries(projectId: string, name: string, environmentName: string | undefined) {
    const asked = requireValue(environmentName, 'environmentName');
    const { id, own } = await this.#options.store.read(async (stores) => {
      const environment = await reachedEnvironment(stores, projectId, asked);
      const material = await stores.keystores.find(projectId, lookupName(name));
      const own = material?.environments.find(({ environmentId }) => environmentId === environment.id);
      if (!material || !own)
        throw badRequest(`Keystore (name: ${shownText(name)}) is not found!`, {
          reason: 'NOT_FOUND',
          member: 'name',
        });
      return { id: material.id, own };
    });
    return keystoreContents(await this.#opener.inspect(openKeystoreFile(this.#options.sealer, id, own)));
  }

  /** All fields as at creation, but for the name, which stays. */
  async update(
    scope: ProjectScope,
    name: string,
    { request, policy }: { request: CreateKeystoreRequest; policy: ReferencePolicy },
  ) {
    const follows = readReferencePolicy(policy);
    const before = await this.toReplace(scope, name);
    requireSameName(request.name, before.name, 'Keystore name');
    const asked = await this.#read(scope, request, before);
    const after = {
      ...before,
      ...asked.material,
      updatedAt: laterThan(before.updatedAt, this.#options.clock()),
    };
    const context: Partial<SourceContext> = {
      keystoreEntry: async (keystoreName, environmentName, alias) => {
        const opened = asked.files.get(lookupName(environmentName));
        if (opened === undefined)
          throw badRequest(`Keystore (name: ${keystoreName}) is not found!`, {
            reason: 'NOT_FOUND',
            member: 'name',
          });
        const entry = await this.#opener.readEntry({ ...opened, alias });
        if (entry) return { id: after.id, entry };
        throw badRequest(`Alias (${shownText(alias)}) is not found in keystore (name: ${keystoreName})!`, {
          reason: 'NOT_FOUND',
          member: 'aliasName',
        });
      },
    };
    return this.replace(scope, {
      before,
      after,
      follow: follows ? { name: before.name, context } : undefined,
    });
  }

  /**
   * The keystore of a request; the order of the checks is the order in which errors are reported. `files` is secret.
   */
  async #read(
    scope: ProjectScope,
    request: CreateKeystoreRequest,
    { id, name }: { readonly id: string; readonly name: string },
  ) {
    const list = requireValue(request.keyStoreEnvironmentList, 'keyStoreEnvironmentList');
    const asked = list.map(readEnvironmentRequest);
    const names = asked.map(({ environmentName }) => environmentName);
    const reached = await this.#options.store.read((stores) =>
      reachedEnvironments(stores, scope.projectId, names),
    );
    try {
      for (const { opened, alias } of asked) await this.#refuseUnreadable(name, opened, alias);
    } catch (error) {
      throw atMember('file', error);
    }
    const environments = asked.map(({ opened, alias }, index) => {
      const environmentId = reached[index]?.id ?? '';
      const sealed = sealKeystoreFile(this.#options.sealer, id, { environmentId, opened });
      return { environmentId, alias, keystoreType: opened.type, ...sealed };
    });
    const files = new Map(asked.map(({ opened }, index) => [reached[index]?.name ?? '', opened]));
    return { material: { description: request.description ?? null, environments }, files };
  }

  /** A keystore is never stored unread: its integrity, and at least one of its keys if it holds any. */
  async #refuseUnreadable(name: string, opened: OpenKeystoreFile, alias: string | null): Promise<void> {
    const entries = await this.#opener.inspect(opened);
    if (alias !== null && !entries.some((entry) => entry.alias.toLowerCase() === alias.toLowerCase())) {
      throw badRequest(`Alias (${shownText(alias)}) is not found in keystore (name: ${name})!`, {
        reason: 'NOT_FOUND',
        member: 'aliasName',
      });
    }
    refuseUnknownAliases(opened.keyPasswords, entries, `keystore (name: ${name})`);
    refuseWrongKeyPasswords(opened, entries);
    const keys = entries.filter((entry) => entry.kind !== 'TRUSTED_CERTIFICATE');
    if (keys.length > 0 && keys.every((entry) => entry.locked)) {
      const [first] = keys;
      // No password opens these.
      if (keys.every((entry) => entry.problemReason === 'FORM_NOT_SUPPORTED')) {
        throw badRequest(first?.problem ?? '', { reason: 'FORM_NOT_SUPPORTED', member: 'file' });
      }
      throw badRequest(
        'keyPassword does not open any key of the keystore! Give the password that its keys have',
        { reason: 'PASSWORD_WRONG', member: 'keyPassword' },
      );
    }
  }
}

function readEnvironmentRequest(request: KeystoreEnvironmentRequest) {
  const environmentName = requireValue(request.environmentName, 'environmentName');
  const file = decodeFile(requireValue(request.file, 'file'));
  // An empty password is one: such PKCS#12 files exist.
  if (request.password === undefined)
    throw badRequest('password value can not be empty!', { reason: 'FIELD_REQUIRED', member: 'password' });
  const type = checkKeystoreType(requireValue(request.keyStoreType, 'keyStoreType'));
  const opened: OpenKeystoreFile = { file, password: request.password, type, ...keyPasswordsOf(request) };
  return { environmentName, opened, alias: optionalAlias(request.alias) };
}

/** Nothing is stored for an empty map. */
function keyPasswordsOf({
  keyPassword,
  keyPasswords = {},
}: Pick<InspectKeystoreRequest, 'keyPassword' | 'keyPasswords'>): KeyPasswords {
  return {
    ...(keyPassword !== undefined && { keyPassword }),
    ...(Object.keys(keyPasswords).length > 0 && { keyPasswords }),
  };
}

/** A password for an alias that the file does not have is a misspelled alias. */
function refuseUnknownAliases(
  keyPasswords: KeyPasswords['keyPasswords'],
  entries: readonly KeystoreListing[],
  where: string,
): void {
  const aliases = new Set(entries.map(({ alias }) => foldAlias(alias)));
  const unknown = Object.keys(keyPasswords ?? {}).find((alias) => !aliases.has(foldAlias(alias)));
  if (unknown === undefined) return;
  throw badRequest(`Alias (${shownText(unknown)}) is not found in ${where}!`, {
    reason: 'NOT_FOUND',
    member: 'keyPasswords',
  });
}

/** Other keys may stay locked; one whose own password is given may not. */
function refuseWrongKeyPasswords(opened: OpenKeystoreFile, entries: readonly KeystoreListing[]): void {
  const named = new Set(Object.keys(opened.keyPasswords ?? {}).map(foldAlias));
  const locked = entries.find(({ alias, locked }) => locked && named.has(foldAlias(alias)));
  if (locked === undefined) return;
  throw badRequest(locked.problem ?? '', {
    reason: locked.problemReason ?? 'PASSWORD_WRONG',
    member: 'keyPasswords',
  });
}

function checkKeystoreType(value: string): KeystoreType {
  const known = keystoreTypes.find((type) => type === value);
  if (!known)
    throw badRequest(
      `keyStoreType (${shownText(value)}) is not valid! Valid values: ${keystoreTypes.join(', ')}`,
      { reason: 'FIELD_NOT_VALID', member: 'keyStoreType' },
    );
  return known;
}

/** The PKCS#12 reader rejects a file that is neither, and its message names what it found. */
function likelyType(file: Buffer): KeystoreType {
  return keystoreTypeOf(file) ?? 'PKCS12';
}

function decodeFile(text: string): Buffer {
  const compact = text.replace(/\s+/g, '');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.length === 0 || bytes.toString('base64').replace(/=+$/, '') !== compact.replace(/=+$/, '')) {
    throw badRequest('file is not base64! It takes the base64 of the keystore file', {
      reason: 'FIELD_NOT_VALID',
      member: 'file',
    });
  }
  return bytes;
}
