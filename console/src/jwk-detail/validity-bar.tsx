import type { ListedJwk } from '../jwks/jwk-words.ts';

type Validity = Pick<ListedJwk, 'notBeforeTime' | 'expirationTime'>;

const width = 600;
const height = 8;
/** Space on both sides of the validity period, for a current time outside of it. */
const margin = 24;

/** The elapsed part of the validity period. The times beside it say the same in text. */
export function ValidityBar({ jwk }: { readonly jwk: Validity }) {
  const { notBeforeTime, expirationTime } = jwk;
  if (notBeforeTime === null || expirationTime === null) return null;
  return <Bar from={Date.parse(notBeforeTime)} until={Date.parse(expirationTime)} now={Date.now()} />;
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
    <svg className="validity" viewBox={`0 0 ${width} ${height + 16}`} aria-hidden="true">
      <rect className="validity-whole" x={margin} y={0} width={inner} height={height} rx={3} />
      <rect className="validity-passed" x={margin} y={0} width={passed} height={height} rx={3} />
      <line className="validity-now" x1={at} x2={at} y1={0} y2={height + 3} />
      <text x={at} y={height + 14} textAnchor="middle">
        now
      </text>
    </svg>
  );
}
