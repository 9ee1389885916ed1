import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Fact } from '../display/facts.tsx';
import { Status } from '../display/status.tsx';
import { sourceStatuses } from '../display/status-words.ts';
import { Time } from '../display/time.tsx';
import type { MaterialPath } from '../jwk-form/form-sources.ts';
import { sourceWords } from '../jwks/jwk-words.ts';
import { projectPath } from '../layout/project.ts';
import { everyText } from '../quantity/quantity.ts';
import type { JwkDetail } from './jwk-queries.ts';
import { materialName, materialPageOf } from './material-of-source.ts';

/** The source of a JWK and its status. */
export function sourceFacts(projectName: string, jwk: JwkDetail): Fact[] {
  const { sourceType, sourceId, sourceUrl, sourceAliasName, sourceEnvironmentName } = jwk;
  const word = sourceWords[sourceType] ?? sourceType;
  const page = materialPageOf(sourceType);
  if (page === null) {
    const facts: Fact[] = [['Source', word]];
    return sourceUrl === null ? facts : [...facts, ['URL', sourceUrl], ...refreshFacts(jwk)];
  }
  if (sourceId === null) return [['Source', `${word}, detached: it follows no material`]];
  return [
    [
      'Source',
      <span key="source">
        {word} <Material projectName={projectName} page={page} sourceId={sourceId} />
      </span>,
    ],
    ['Alias', sourceAliasName],
    ['Material of', sourceEnvironmentName],
  ];
}

function refreshFacts(jwk: JwkDetail): Fact[] {
  const { refreshInterval, sourceState, nextRefreshAt = null, sourceStateSince = null } = jwk;
  if (refreshInterval === undefined || sourceState === undefined) return [['Refreshed', 'fetched once']];
  return [
    [
      'Refreshed',
      <span key="refreshed">
        {everyText(refreshInterval)}, next <Time at={nextRefreshAt} />
      </span>,
    ],
    [
      'State of the source',
      <span key="state">
        <Status of={sourceStatuses[sourceState]} /> since <Time at={sourceStateSince} />
        {jwk.sourceStateReason ? `: ${jwk.sourceStateReason}` : ''}
      </span>,
    ],
  ];
}

/** A user who may not list certificates, keys or keystores sees the id in place of the name. */
function Material({
  projectName,
  page,
  sourceId,
}: {
  readonly projectName: string;
  readonly page: MaterialPath;
  readonly sourceId: string;
}) {
  const found = useQuery({
    queryKey: ['material-name', projectName, page, sourceId],
    // A query has no undefined.
    queryFn: async () => (await materialName(projectName, page, sourceId)) ?? null,
  });
  if (found.isPending) return '…';
  if (!found.data) return sourceId;
  return (
    <Anchor component={Link} href={projectPath(projectName, page, found.data)} fz="inherit">
      {found.data}
    </Anchor>
  );
}
