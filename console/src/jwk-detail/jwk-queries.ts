import { useQuery } from '@tanstack/react-query';
import type { Operations } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';

/** Which JWK a page is about. */
export interface JwkRef {
  readonly projectName: string;
  readonly jwkName: string;
}

export type JwkDetail = Operations['getJwk']['answer']['resultList'][number];
export type PublicJwkView = Operations['getJwkPublic']['answer']['resultList'][number];
export type JwkEnvironmentRow = Operations['getJwkDeployment']['answer']['resultList'][number];

const quickMs = 1_000;
const calmMs = 3_000;
const unseenMs = 20_000;

function theOne<Item>(found: { readonly resultList: readonly Item[] }): Item {
  const [item] = found.resultList;
  if (item === undefined) throw new Error('The manager responded without the JWK');
  return item;
}

/** Without private members: no query may hold them. */
export function useJwk(ref: JwkRef) {
  return useQuery({
    queryKey: ['jwk', ref],
    queryFn: async () => theOne(await keyplane.getJwk({ ...ref, publicOnly: 'true' })),
    refetchInterval: calmMs,
  });
}

export function usePublicJwk(ref: JwkRef, updatedAt: string) {
  return useQuery({
    queryKey: ['jwk-public', ref, updatedAt],
    queryFn: async () => theOne(await keyplane.getJwkPublic(ref)),
  });
}

/** Every second while a node lacks it, less often once every node has it, and seldom in the background. */
export function useDeployment(ref: JwkRef) {
  return useQuery({
    queryKey: ['jwk-deployment', ref],
    queryFn: async () => (await keyplane.getJwkDeployment(ref)).resultList,
    refetchIntervalInBackground: true,
    refetchInterval: ({ state: { data } }) => {
      if (document.visibilityState === 'hidden') return unseenMs;
      return data?.every(({ success }) => success) ? calmMs : quickMs;
    },
  });
}
