import { Anchor } from '@mantine/core';
import { Link, useParams } from 'wouter';
import { Instant, Time } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';
import { confirmerText } from './confirmer-text.ts';
import type { KeyRing, Waiting } from './ring-types.ts';
import { holdTexts } from './ring-words.ts';

/** What a rotation waits for, one sentence each. */
export function WaitingList({
  ring,
  isShort = false,
}: {
  readonly ring: KeyRing;
  /** For a cell of a table: names alone. */
  readonly isShort?: boolean;
}) {
  return (
    <ul className="plain waiting">
      {ring.waitingFor.map((waiting) => (
        <li
          key={JSON.stringify([
            waiting.environmentName,
            waiting.nodeName,
            waiting.outletName,
            waiting.reason,
          ])}
        >
          {isShort ? shortText(waiting) : <Sentence waiting={waiting} ring={ring} />}
        </li>
      ))}
    </ul>
  );
}

function shortText({ environmentName, nodeName, outletName, reason }: Waiting): string {
  switch (reason) {
    case 'NOT_CONNECTED':
    case 'NOT_CONFIRMED':
      return `${confirmerText({ nodeName, outletName })} of ${environmentName ?? 'an environment'}`;
    case 'CACHES':
      return 'caches';
    case 'HELD':
      return 'resume';
    default:
      return reason satisfies never;
  }
}

function Sentence({
  waiting: { environmentName, nodeName, outletName, reason, lastSeenAt },
  ring,
}: {
  readonly waiting: Waiting;
  readonly ring: KeyRing;
}) {
  const node = (
    <>
      Node <strong>{nodeName}</strong> of environment <strong>{environmentName}</strong>
    </>
  );
  switch (reason) {
    case 'NOT_CONNECTED':
      return (
        <>
          {node} is not connected, last seen <Time at={lastSeenAt} />. Start it, or remove it from its
          environment.
        </>
      );
    case 'NOT_CONFIRMED':
      if (outletName === undefined) return <>{node} is connected, and has not confirmed yet.</>;
      return (
        <>
          Outlet <OutletLink name={outletName} /> has not delivered in environment{' '}
          <strong>{environmentName}</strong>
          {nodeName === null ? '' : `, at node ${nodeName}`}. Its page shows why.
        </>
      );
    case 'CACHES':
      return <Caches ring={ring} />;
    case 'HELD':
      return <>{ring.heldBecause === null ? 'Rotation is held.' : holdTexts[ring.heldBecause]}</>;
    default:
      return reason satisfies never;
  }
}

function OutletLink({ name }: { readonly name: string }) {
  const { projectName = '' } = useParams<{ projectName: string }>();
  return (
    <Anchor component={Link} href={projectPath(projectName, 'outlets', name)} fz="inherit" fw={700}>
      {name}
    </Anchor>
  );
}

/** Time alone: until verifiers know the next key or, where the ring is full, until the oldest key retires. */
function Caches({ ring: { nextRotationAt, members } }: { readonly ring: KeyRing }) {
  const retiring = members.filter(({ state }) => state === 'RETIRING');
  const [oldest] = retiring;
  if (retiring.length >= mostRetiring && oldest !== undefined) {
    return (
      <>
        {retiring.length} keys are retiring, which is the most. {oldest.jwkName} retires{' '}
        <Time at={oldest.retireAt} fallback="once every node has confirmed" />.
      </>
    );
  }
  return (
    <>
      Caches of verifiers may lack the next key until{' '}
      <Instant at={nextRotationAt} fallback="a time that is not known yet" />.
    </>
  );
}

const mostRetiring = 5;
