import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Facts } from '../display/facts.tsx';
import { Section } from '../display/section.tsx';
import { Legend } from '../display/status.tsx';
import { Instant } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';
import { HeldBy } from './held-by.tsx';
import type { KeyRing, RingRef, Transition } from './ring-types.ts';
import { lateStatus, ringStatuses, transitionText } from './ring-words.ts';
import { NextRotation, RingStatus } from './rings-page.tsx';
import { WaitingList } from './waiting-list.tsx';

const mostSteps = 4;

/** What is now, what blocks it, and what happens next. */
export function RingStatePanel({
  ringRef,
  ring,
  transitions,
}: {
  readonly ringRef: RingRef;
  readonly ring: KeyRing;
  readonly transitions: readonly Transition[];
}) {
  const active = ring.members.find(({ state }) => state === 'ACTIVE');
  return (
    <Section
      title="State"
      actions={
        <Legend
          label="What the state of a key ring means"
          words={[...Object.values(ringStatuses), lateStatus]}
        />
      }
    >
      <div className="ring-state">
        <div>
          <Facts
            facts={[
              [
                'State',
                <span key="state">
                  <RingStatus ring={ring} />
                  <Text size="sm" c="dimmed">
                    {ringStatuses[ring.state].meaning}
                  </Text>
                </span>,
              ],
              ['Active key', <ActiveKey key="active" projectName={ringRef.projectName} member={active} />],
              ['Next rotation', <NextRotation key="next" ring={ring} />],
              ['Late since', ring.lateSince && <Instant key="late" at={ring.lateSince} />],
              ['Held', ring.heldBecause && <HeldBy key="held" ringRef={ringRef} cause={ring.heldBecause} />],
            ]}
          />
        </div>
        <div>
          {ring.waitingFor.length > 0 && (
            <div className="waits" role="status">
              <Text fw={600} size="sm">
                {ring.state === 'BLOCKED' ? 'What blocks it' : 'What it waits for'}
              </Text>
              <WaitingList ring={ring} />
            </div>
          )}
          <NextSteps transitions={transitions} />
        </div>
      </div>
    </Section>
  );
}

function ActiveKey({
  projectName,
  member,
}: {
  readonly projectName: string;
  readonly member: KeyRing['members'][number] | undefined;
}) {
  if (member === undefined) return 'none yet: the first key is active once every node has it';
  return (
    <>
      <Anchor
        component={Link}
        href={projectPath(projectName, 'jwks', member.jwkName)}
        fz="inherit"
        underline="always"
      >
        {member.jwkName}
      </Anchor>
      , since <Instant at={member.activatedAt} />
    </>
  );
}

function NextSteps({ transitions }: { readonly transitions: readonly Transition[] }) {
  const steps = transitions.filter(({ planned, to }) => planned && (to === 'ACTIVE' || to === 'RETIRED'));
  return (
    <>
      <Text fw={600} size="sm">
        What happens next
      </Text>
      {steps.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing is planned.
        </Text>
      ) : (
        <ol className="rows" data-tight>
          {steps.slice(0, mostSteps).map((step) => (
            <li key={`${step.version} ${step.to} ${step.at}`}>
              <span>{transitionText(step)}</span>
              <Instant at={step.at} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
