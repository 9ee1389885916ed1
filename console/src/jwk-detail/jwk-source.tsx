import { Anchor, Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { keyplane } from '../api/keyplane.ts';
import { type Fact, Facts } from '../display/facts.tsx';
import { Time } from '../display/time.tsx';
import { sourceWords } from '../jwks/jwk-words.ts';
import { projectPath } from '../layout/project.ts';
import type { JwkDetail } from './jwk-queries.ts';

type Page = 'certificates' | 'keys' | 'keystores';

const pageOf: Readonly<Record<string, Page>> = {
  CERTIFICATE: 'certificates',
  PUBLIC_KEY: 'keys',
  PRIVATE_KEY: 'keys',
  KEYSTORE: 'keystores',
};

/** Where a JWK came from, and how its source stands. */
export function JwkSource({ projectName, jwk }: { readonly projectName: string; readonly jwk: JwkDetail }) {
  const { sourceType, sourceId, sourceUrl } = jwk;
  const facts: Fact[] = [['Made from', sourceWords[sourceType] ?? sourceType]];
  const page = pageOf[sourceType];
  if (page !== undefined && sourceId !== null) {
    facts.push(['Stored as', <Material key="material" {...{ projectName, page, sourceId }} />]);
  }
  if (page !== undefined && sourceId === null) facts.push(['Stored as', 'detached: it follows no material']);
  if (sourceUrl !== null) facts.push(['URL', sourceUrl], ...refreshFacts(jwk));
  return <Facts facts={facts} />;
}

function refreshFacts(jwk: JwkDetail): Fact[] {
  if (jwk.sourceState === undefined) return [['Refreshed', 'never: it was fetched once']];
  const isFresh = jwk.sourceState === 'FRESH';
  return [
    ['Refreshed', `every ${jwk.refreshInterval}`],
    ['Looked at next', <Time key="next" at={jwk.nextRefreshAt ?? null} />],
    [
      'State',
      <span key="state">
        <Badge color={isFresh ? '#1f6b2f' : 'red.9'} tt="none">
          {jwk.sourceState.toLowerCase()}
        </Badge>{' '}
        since <Time at={jwk.sourceStateSince ?? null} />
        {jwk.sourceStateReason ? `: ${jwk.sourceStateReason}` : ''}
      </span>,
    ],
  ];
}

const listsOf = {
  certificates: (projectName: string) => keyplane.listCertificates({ projectName }),
  keys: (projectName: string) => keyplane.listKeys({ projectName }),
  keystores: (projectName: string) => keyplane.listKeystores({ projectName }),
};

/** Known by its id; whoever may not list what it is one of sees no name. */
function Material(props: { readonly projectName: string; readonly page: Page; readonly sourceId: string }) {
  const { projectName, page, sourceId } = props;
  const list = useQuery({
    queryKey: ['materials', projectName, page],
    queryFn: async (): Promise<readonly { readonly id: string; readonly name: string }[]> =>
      (await listsOf[page](projectName)).resultList,
  });
  const name = list.data?.find(({ id }) => id === sourceId)?.name;
  if (name === undefined) return list.isPending ? 'looking…' : sourceId;
  return (
    <Anchor component={Link} href={projectPath(projectName, page, name)}>
      {name}
    </Anchor>
  );
}
