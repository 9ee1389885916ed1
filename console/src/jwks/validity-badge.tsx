import { Badge } from '@mantine/core';
import { type ListedJwk, type ValidityState, validityState } from './jwk-words.ts';

const colors: Readonly<Record<ValidityState, string>> = {
  valid: '#1f6b2f',
  expiring: '#a13a06',
  expired: 'red.9',
  'not yet valid': 'gray.7',
  'no expiry': 'gray.7',
};

export function ValidityBadge({
  jwk,
}: {
  readonly jwk: Pick<ListedJwk, 'notBeforeTime' | 'expirationTime'>;
}) {
  const state = validityState(jwk, Date.now());
  return (
    <Badge color={colors[state]} variant="filled" tt="none">
      {state}
    </Badge>
  );
}
