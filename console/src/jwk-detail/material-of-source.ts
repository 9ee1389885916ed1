import type { SourceType } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { formSourceOf, formSourceRows, type MaterialPath } from '../jwk-form/form-sources.ts';

/** Which list of the project a JWK of this source type was created from; null for other sources. */
export function materialPageOf(sourceType: SourceType): MaterialPath | null {
  return formSourceRows[formSourceOf(sourceType)].storedIn;
}

const lists = {
  certificates: (projectName: string) => keyplane.listCertificates({ projectName }),
  keys: (projectName: string) => keyplane.listKeys({ projectName }),
  keystores: (projectName: string) => keyplane.listKeystores({ projectName }),
};

/** The name of a certificate, key or keystore by its id; undefined where it is not listed. */
export async function materialName(
  projectName: string,
  page: MaterialPath,
  id: string,
): Promise<string | undefined> {
  const { resultList } = await lists[page](projectName);
  const items: readonly { readonly id: string; readonly name: string }[] = resultList;
  return items.find((item) => item.id === id)?.name;
}
