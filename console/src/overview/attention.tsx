// What needs attention: keys that expire, sources that fail, kids that clash. Empty sections are hidden.

import { Anchor, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Overview } from '../../../clients/typescript/src/index.ts';
import { Section } from '../display/section.tsx';
import { Status } from '../display/status.tsx';
import { sourceStatuses, validityStatuses } from '../display/status-words.ts';
import { Day, Time } from '../display/time.tsx';
import { projectPath } from '../layout/project.ts';
import { lateStatus, ringStatuses } from '../rings/ring-words.ts';

const mostShown = 6;

export function Expiring({ items, count }: { readonly items: Overview['expiring']; readonly count: number }) {
  const projects = [...new Set(items.map(({ projectName }) => projectName))];
  return (
    <Section title={`Expired or expiring within 30 days (${count})`}>
      <ul className="rows">
        {items.slice(0, mostShown).map(({ projectName, name, expirationTime }) => {
          const isExpired = Date.parse(expirationTime) <= Date.now();
          return (
            <li key={`${projectName} ${name}`}>
              <JwkOf projectName={projectName} name={name} />
              <span>
                {isExpired && (
                  <>
                    <Status of={validityStatuses.expired} />{' '}
                  </>
                )}
                <Day at={expirationTime} />
              </span>
            </li>
          );
        })}
      </ul>
      {count > mostShown && (
        <Text size="sm" mt="xs">
          All, soonest first:{' '}
          {projects.map((projectName, index) => (
            <span key={projectName}>
              {index > 0 && ', '}
              <Anchor
                component={Link}
                fz="inherit"
                href={`${projectPath(projectName, 'jwks')}?sort=expirationTime,asc`}
              >
                JWKs of {projectName}
              </Anchor>
            </span>
          ))}
        </Text>
      )}
    </Section>
  );
}

export function FailingSources({
  items,
  count,
}: {
  readonly items: Overview['failingSources'];
  readonly count: number;
}) {
  return (
    <Section title={`URL sources that fail (${count})`}>
      <ul className="rows">
        {items.slice(0, mostShown).map((source) => (
          <li key={`${source.projectName} ${source.name}`}>
            <div>
              <JwkOf projectName={source.projectName} name={source.name} />
              <Text size="sm" c="dimmed">
                {source.sourceUrl}
              </Text>
              <Text size="sm">{source.sourceStateReason}</Text>
            </div>
            <span>
              <Status of={sourceStatuses[source.sourceState]} /> <Time at={source.sourceStateSince} />
            </span>
          </li>
        ))}
      </ul>
      <More shown={mostShown} count={count} />
    </Section>
  );
}

export function SharedKids({
  items,
  count,
}: {
  readonly items: Overview['sharedKids'];
  readonly count: number;
}) {
  return (
    <Section title={`Kids that name different keys (${count})`}>
      <Stack gap="xs">
        {items.slice(0, mostShown).map(({ kid, environmentName, published, leftOut }) => (
          <div key={JSON.stringify([kid, environmentName, published[0]])}>
            <Text fw={600}>{kid}</Text>
            {environmentName === null ? (
              <Text size="sm">
                The set of the project has all of <Jwks jwks={published} />. Verifiers cannot tell them apart.
              </Text>
            ) : (
              <Text size="sm">
                The set of environment {environmentName} leaves out <Jwks jwks={leftOut} />
                {published.length > 0 && (
                  <>
                    {' '}
                    for <Jwks jwks={published} />
                  </>
                )}
                . Give verifiers the address of the project's set.
              </Text>
            )}
          </div>
        ))}
      </Stack>
      <More shown={mostShown} count={count} />
    </Section>
  );
}

export function UnsteadyRings({
  items,
  count,
}: {
  readonly items: Overview['keyRings'];
  readonly count: number;
}) {
  return (
    <Section title={`Key rings that need attention (${count})`}>
      <ul className="rows">
        {items.slice(0, mostShown).map(({ projectName, name, state, lateSince }) => (
          <li key={`${projectName} ${name}`}>
            <span>
              <Anchor
                component={Link}
                href={projectPath(projectName, 'key-rings', name)}
                fz="inherit"
                fw={500}
              >
                {name}
              </Anchor>{' '}
              <Text span c="dimmed" fz="inherit">
                {projectName}
              </Text>
            </span>
            <span>
              <Status of={ringStatuses[state]} />
              {lateSince !== null && (
                <>
                  {' '}
                  <Status of={lateStatus} /> since <Time at={lateSince} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      <More shown={mostShown} count={count} />
    </Section>
  );
}

function More({ shown, count }: { readonly shown: number; readonly count: number }): ReactNode {
  if (count <= shown) return null;
  return (
    <Text size="sm" c="dimmed" mt="xs">
      and {count - shown} more
    </Text>
  );
}

function JwkOf({ projectName, name }: { readonly projectName: string; readonly name: string }) {
  return (
    <span>
      <Anchor component={Link} href={projectPath(projectName, 'jwks', name)} fz="inherit" fw={500}>
        {name}
      </Anchor>{' '}
      <Text span c="dimmed" fz="inherit">
        {projectName}
      </Text>
    </span>
  );
}

function Jwks({ jwks }: { readonly jwks: Overview['sharedKids'][number]['published'] }) {
  return jwks.map(({ projectName, name }, at) => (
    <span key={`${projectName} ${name}`}>
      {at > 0 && ', '}
      <Anchor component={Link} href={projectPath(projectName, 'jwks', name)} fz="inherit">
        {name}
      </Anchor>{' '}
      of {projectName}
    </span>
  ));
}
