import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'wouter';
import type { DeploymentResult } from '../display/deployment-note.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { JwkForm } from './jwk-form.tsx';
import { SavedNote } from './saved-note.tsx';

interface Saved {
  readonly jwkName: string;
  readonly result: DeploymentResult;
}

/** Makes a JWK or, where the address names one, gives it a new value. */
export function JwkFormPage() {
  const { projectName = '', jwkName } = useParams<{ projectName: string; jwkName?: string }>();
  const [saved, setSaved] = useState<Saved>();
  const mayDeploy = useMayDeploy(projectName);
  const up =
    jwkName === undefined
      ? { path: projectPath(projectName, 'jwks'), label: 'JWKs' }
      : { path: projectPath(projectName, 'jwks', jwkName), label: jwkName };
  if (!mayDeploy) {
    return (
      <Stack>
        <PageHeader title="Not for your roles" up={up} />
        <Text>Making and changing JWKs takes ROLE_API_SECURITY and ROLE_DEPLOY_UNDEPLOY_PROXIES.</Text>
      </Stack>
    );
  }
  const title = jwkName === undefined ? 'New JWK' : `Replace ${jwkName}`;
  return (
    <Stack>
      <PageHeader title={saved === undefined ? title : `${saved.jwkName} is saved`} up={up} />
      {saved === undefined ? (
        <JwkForm
          projectName={projectName}
          {...(jwkName !== undefined && { replaced: jwkName })}
          onSaved={(name, result) => setSaved({ jwkName: name, result })}
        />
      ) : (
        <SavedNote
          jwk={{ projectName, jwkName: saved.jwkName }}
          result={saved.result}
          onAnother={jwkName === undefined ? () => setSaved(undefined) : undefined}
        />
      )}
    </Stack>
  );
}
