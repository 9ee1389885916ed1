import type { AccessStores } from '../access/access-store.ts';
import type { AuditStore } from '../audit/audit-log.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { alteredInDatabase } from '../errors.ts';
import type { IdempotencyStores } from '../idempotency/idempotency-store.ts';
import type { DeployedContent, DeployedKind } from '../protocol/content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type {
  Certificate,
  CryptoKey,
  Material,
  MaterialStore,
  MaterialStores,
  StoredKeystore,
} from './material-store.ts';
import { openKeyContent, openKeystoreFile } from './sealed-material.ts';

export type MaterialRuleStores = MaterialStores &
  AccessStores &
  EnvironmentStores &
  DesiredStateStores &
  IdempotencyStores & { readonly audit: AuditStore };

/** What certificates, keys and keystores have in common, with the few words and steps in which they differ. */
export interface MaterialKind<M extends MaterialWithEnvironments> {
  readonly kind: DeployedKind;
  /** As messages call it. */
  readonly label: string;
  store(stores: MaterialStores): MaterialStore<M>;
  /** What a node of this environment gets; undefined when the material has nothing there. */
  content(
    material: M,
    environmentId: string,
    project: { name: string; sealer: Sealer },
  ): DeployedContent | undefined;
}

export type MaterialWithEnvironments = Material & {
  readonly environments: readonly { readonly environmentId: string; readonly altered?: boolean }[];
};

function ownOf<E extends { readonly environmentId: string }>(
  material: { readonly environments: readonly E[] },
  id: string,
) {
  return material.environments.find((entry) => entry.environmentId === id);
}

export const certificateKind: MaterialKind<Certificate> = {
  kind: 'certificate',
  label: 'Certificate',
  store: (stores) => stores.certificates,
  content(material, environmentId, project) {
    const own = ownOf(material, environmentId);
    if (!own) return undefined;
    if (own.altered) throw alteredInDatabase(`Certificate (name: ${material.name})`);
    const chain = own.chain.map((der) => der.toString('base64'));
    const { id, name } = material;
    return { kind: 'certificate', id, project: project.name, name, alias: own.alias, chain };
  },
};

export const keyKind: MaterialKind<CryptoKey> = {
  kind: 'key',
  label: 'Key',
  store: (stores) => stores.cryptoKeys,
  content(material, environmentId, project) {
    const own = ownOf(material, environmentId);
    if (!own) return undefined;
    const { id, name, keyType, algorithm } = material;
    const content = openKeyContent(project.sealer, id, own);
    return { kind: 'key', id, project: project.name, name, keyType, algorithm, alias: own.alias, content };
  },
};

export const keystoreKind: MaterialKind<StoredKeystore> = {
  kind: 'keystore',
  label: 'Keystore',
  store: (stores) => stores.keystores,
  content(material, environmentId, project) {
    const own = ownOf(material, environmentId);
    if (!own) return undefined;
    const { id, name } = material;
    const opened = openKeystoreFile(project.sealer, id, own);
    const { file, password, keyPassword = null, keyPasswords } = opened;
    const { alias, keystoreType } = own;
    const base = { kind: 'keystore' as const, id, project: project.name, name, keystoreType, alias };
    const passwords = { password, keyPassword, ...(keyPasswords && { keyPasswords }) };
    return { ...base, file: file.toString('base64'), ...passwords };
  },
};
