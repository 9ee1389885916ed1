import { Button, Group, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditRecord } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { utcText } from '../display/instants.ts';
import { QueryView } from '../display/query-view.tsx';
import { Instant } from '../display/time.tsx';
import { sourceWords } from '../jwks/jwk-words.ts';
import type { JwkRef } from './jwk-queries.ts';

const size = 10;
const refreshMs = 5_000;

/** What happened to this JWK, newest first: a sentence for each audit record. */
export function JwkHistory({ jwk }: { readonly jwk: JwkRef }) {
  const [page, setPage] = useState(1);
  const history = useQuery({
    queryKey: ['jwk-history', jwk, page],
    queryFn: () => keyplane.listJwkHistory({ ...jwk, page: String(page), size: String(size) }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  return (
    <QueryView query={history}>
      {({ resultList, resultCount }) => (
        <>
          <ol className="plain history" aria-label="History of this JWK">
            {resultList.map((record) => (
              <li key={record.sequence}>
                <span>
                  <strong>{record.actor}</strong> {sentence(record)}
                </span>
                <Text span size="sm">
                  <Instant at={record.at} />
                </Text>
              </li>
            ))}
          </ol>
          {resultCount > size && (
            <Group mt="sm" gap="xs">
              <Button variant="default" size="xs" disabled={page === 1} onClick={() => setPage(page - 1)}>
                Newer
              </Button>
              <Button
                variant="default"
                size="xs"
                disabled={page * size >= resultCount}
                onClick={() => setPage(page + 1)}
              >
                Older
              </Button>
              <Text size="sm" c="dimmed">
                {resultCount} records
              </Text>
            </Group>
          )}
        </>
      )}
    </QueryView>
  );
}

/** An action without a sentence shows under its own name. */
function sentence({ action, outcome, details }: AuditRecord): string {
  const done = sentences[action]?.(details) ?? action;
  if (outcome === 'SUCCESS') return done;
  return outcome === 'DENIED' ? `was denied: ${action}` : `failed: ${action}`;
}

type Details = AuditRecord['details'];

const sentences: Readonly<Record<string, (details: Details) => string>> = {
  'jwk.create': ({ sourceType, kid }) =>
    sourceType === 'GENERATE'
      ? `generated it${withKid(kid)}`
      : `created it from source ${sourceWord(sourceType)}${withKid(kid)}`,
  'jwk.update': ({ sourceType, kid, detached }) =>
    detached === true && sourceType === 'GENERATE'
      ? 'changed its description'
      : detached === true
        ? `changed it; it follows no source${withKid(kid)}`
        : `replaced its key from source ${sourceWord(sourceType)}${withKid(kid)}`,
  'jwk.follow': ({ kid }) => `replaced its source, and it took the new key${withKid(kid)}`,
  'jwk.detach': () => 'replaced or deleted its source, and it kept its key',
  'jwk.refresh': ({ kid }) => `fetched a new key from its URL${withKid(kid)}`,
  'jwk.reveal': () => 'revealed or exported its private part',
  'keyring.stage': ({ ring }) => `staged it in key ring ${ring}`,
  'keyring.publish': () => 'found it confirmed by every node: it is next',
  'keyring.activate': ({ cause, reason }) => `activated it${byForce(cause)}${withReason(reason)}`,
  'keyring.supersede': () => 'activated another key: it retires',
  'keyring.set-retirement': ({ retireAt }) =>
    retireAt === null || retireAt === undefined
      ? 'withdrew the time at which it retires'
      : `set the time at which it retires: ${utcText(String(retireAt))}`,
  'keyring.retire': () => 'retired it',
  'keyring.revoke': ({ reason }) => `revoked it${withReason(reason)}`,
  'keyring.erase': () => 'erased its private part',
};

function sourceWord(sourceType: Details[string] | undefined): string {
  return sourceWords[String(sourceType)] ?? String(sourceType);
}

function byForce(cause: Details[string] | undefined): string {
  return cause === 'FORCED' ? ' by force' : '';
}

function withReason(reason: Details[string] | undefined): string {
  return reason === undefined || reason === null || reason === '' ? '' : `: ${reason}`;
}

function withKid(kid: Details[string] | undefined): string {
  return kid === undefined || kid === null || kid === '' ? '' : `, kid ${kid}`;
}
