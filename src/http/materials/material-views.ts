import type { FoundMaterial } from '../../materials/material-rules.ts';
import type { Certificate, CryptoKey, Material, StoredKeystore } from '../../materials/material-store.ts';
import { instantText } from '../responses/response-schemas.ts';

function base(material: Material) {
  const { id, name, description, createdAt, updatedAt } = material;
  return { id, name, description, createdAt: instantText(createdAt), updatedAt: instantText(updatedAt) };
}

/** Environments by their names, in name order. */
function byName<E extends { readonly environmentId: string }, V>(
  environments: readonly E[],
  names: ReadonlyMap<string, string>,
  view: (environment: E, environmentName: string) => V,
): V[] {
  return environments
    .map((environment) => ({ environment, name: names.get(environment.environmentId) ?? '' }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ environment, name }) => view(environment, name));
}

export function certificateView({ material, environmentNames }: FoundMaterial<Certificate>) {
  return {
    ...base(material),
    certificateEnvironmentList: byName(material.environments, environmentNames, (own, environmentName) => ({
      environmentName,
      startDate: instantText(own.startDate),
      endDate: instantText(own.endDate),
      base64EncodedContent: own.chain[0]?.toString('base64') ?? '',
      sha1Thumbprint: own.sha1Thumbprint,
      subjectDn: own.subjectDn,
      alias: own.alias,
    })),
  };
}

/** Never its content: to use the key, make a JWK of it. */
export function keyView({ material, environmentNames }: FoundMaterial<CryptoKey>) {
  const { keyType, algorithm } = material;
  const view = ({ alias }: { alias: string | null }, environmentName: string) => ({ environmentName, alias });
  const cryptoKeyInfoEnvironmentList = byName(material.environments, environmentNames, view);
  return { ...base(material), keyType, algorithm, cryptoKeyInfoEnvironmentList };
}

/** Never its file or passwords. */
export function keystoreView({ material, environmentNames }: FoundMaterial<StoredKeystore>) {
  return {
    ...base(material),
    keyStoreEnvironmentList: byName(material.environments, environmentNames, (own, environmentName) => {
      return { environmentName, alias: own.alias, keyStoreType: own.keystoreType };
    }),
  };
}
