import { Stack, Text } from '@mantine/core';
import { Status } from '../display/status.tsx';
import { validityStatuses } from '../display/status-words.ts';
import { Instant } from '../display/time.tsx';
import { type ListedJwk, validityState } from '../jwks/jwk-words.ts';

type Validity = Pick<ListedJwk, 'notBeforeTime' | 'expirationTime'>;

const width = 600;
const height = 14;
/** Left and right of the validity there is room for a now that lies outside of it. */
const margin = 60;

/** From when until when, and where in it we are. The text beneath says all that the bar shows. */
export function ValidityBar({ jwk }: { readonly jwk: Validity }) {
  const { notBeforeTime, expirationTime } = jwk;
  const now = Date.now();
  return (
    <Stack gap="xs">
      <div>
        <Status of={validityStatuses[validityState(jwk, now)]} />
      </div>
      {notBeforeTime !== null && expirationTime !== null && (
        <Bar from={Date.parse(notBeforeTime)} until={Date.parse(expirationTime)} now={now} />
      )}
      <Text size="sm">
        Not before: <Instant at={notBeforeTime} fallback="no limit" />
      </Text>
      <Text size="sm">
        Expires: <Instant at={expirationTime} fallback="never" />
      </Text>
    </Stack>
  );
}

interface BarProps {
  readonly from: number;
  readonly until: number;
  readonly now: number;
}

function Bar({ from, until, now }: BarProps) {
  const share = (now - from) / Math.max(1, until - from);
  const inner = width - 2 * margin;
  const at = Math.min(width - 2, Math.max(2, margin + share * inner));
  const passed = Math.min(inner, Math.max(0, share * inner));
  return (
    <svg className="validity" viewBox={`0 0 ${width} ${height + 14}`} aria-hidden="true">
      <rect className="validity-whole" x={margin} y={0} width={inner} height={height} />
      <rect className="validity-passed" x={margin} y={0} width={passed} height={height} />
      <line className="validity-now" x1={at} x2={at} y1={0} y2={height + 2} />
      <text x={at} y={height + 12} textAnchor="middle">
        now
      </text>
    </svg>
  );
}
