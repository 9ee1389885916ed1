import { Button, Group, Stack } from '@mantine/core';
import { Link } from 'wouter';
import { DeploymentNote, type DeploymentResult } from '../display/deployment-note.tsx';
import { Section } from '../display/section.tsx';
import { DeploymentState } from '../jwk-detail/deployment-state.tsx';
import type { JwkRef } from '../jwk-detail/jwk-queries.ts';
import { projectPath } from '../layout/project.ts';

/** It is stored; how far it got by now is watched here, node by node. */
export function SavedNote({
  jwk,
  result,
  onAnother,
}: {
  readonly jwk: JwkRef;
  readonly result: DeploymentResult;
  readonly onAnother: (() => void) | undefined;
}) {
  return (
    <Stack>
      <DeploymentNote result={result} />
      <Section title="Deployment">
        <DeploymentState jwk={jwk} />
      </Section>
      <Group gap="xs">
        <Button component={Link} href={projectPath(jwk.projectName, 'jwks', jwk.jwkName)}>
          Open {jwk.jwkName}
        </Button>
        {onAnother !== undefined && (
          <Button variant="default" onClick={onAnother}>
            Make another
          </Button>
        )}
      </Group>
    </Stack>
  );
}
