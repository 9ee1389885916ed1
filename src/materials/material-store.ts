// Certificates, keys and keystores: what JWKs are made from. Each belongs to a project and holds material
// for one or more environments. Certificates are public; keys and keystores are sealed.

import type { CryptoKeyType, KeystoreType } from '../protocol/content.ts';
import type { Sealed } from '../sealing/sealed.ts';

export interface Material {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a material has in one environment. */
interface Placed {
  /** The row was altered outside keyplane: it is neither deployed nor used. */
  readonly altered?: boolean;
}

export interface CertificateEnvironment extends Placed {
  readonly environmentId: string;
  /** Unique among all certificates of the environment. */
  readonly alias: string;
  /** DER, leaf first, then its issuers. */
  readonly chain: readonly Buffer[];
  readonly startDate: Date;
  readonly endDate: Date;
  readonly sha1Thumbprint: string;
  readonly subjectDn: string;
}
export interface Certificate extends Material {
  readonly environments: readonly CertificateEnvironment[];
}

export interface KeyEnvironment extends Placed {
  readonly environmentId: string;
  readonly alias: string | null;
  /** Binding: key, crypto_key_environments, `<key id>/<environment id>`, content. Public keys are sealed as well. */
  readonly content: Sealed;
}
export interface CryptoKey extends Material {
  readonly keyType: CryptoKeyType;
  readonly algorithm: string | null;
  readonly environments: readonly KeyEnvironment[];
}

export interface KeystoreEnvironment extends Placed {
  readonly environmentId: string;
  readonly alias: string | null;
  readonly keystoreType: KeystoreType;
  /** Bindings: keystore, keystore_environments, `<keystore id>/<environment id>`, file | password | key_password. */
  readonly file: Sealed;
  readonly password: Sealed;
  readonly keyPassword: Sealed | null;
  /** JSON: the passwords of keys by alias. */
  readonly keyPasswords: Sealed | null;
}
export interface StoredKeystore extends Material {
  readonly environments: readonly KeystoreEnvironment[];
}

export interface MaterialListQuery {
  readonly search?: string;
  readonly sort: { readonly field: 'name' | 'createdAt' | 'updatedAt'; readonly descending: boolean };
  readonly offset: number;
  readonly limit: number;
}

/** The same for the three; environments come with their material, in no particular order. */
export interface MaterialStore<M extends Material> {
  find(projectId: string, name: string): Promise<M | undefined>;
  /** @param environmentId with what they have there alone; without it, with all that they have anywhere */
  getMany(ids: readonly string[], environmentId?: string): Promise<readonly M[]>;
  /** Of a project's that have something in this environment. */
  idsPlaced(projectId: string, environmentId: string): Promise<readonly string[]>;
  list(
    projectId: string,
    query: MaterialListQuery,
  ): Promise<{ readonly items: readonly M[]; readonly total: number }>;
  listOfProject(projectId: string): Promise<readonly M[]>;
  insert(material: M): Promise<void>;
  /** Replaces name-independent columns and all per-environment material. */
  update(material: M): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface CertificateStore extends MaterialStore<Certificate> {
  /** Id of the certificate that uses this alias in this environment. */
  aliasOwner(environmentId: string, alias: string): Promise<string | undefined>;
}

export interface MaterialStores {
  readonly certificates: CertificateStore;
  readonly cryptoKeys: MaterialStore<CryptoKey>;
  readonly keystores: MaterialStore<StoredKeystore>;
}
