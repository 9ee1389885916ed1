import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { Link, useLocation, useParams, useSearchParams } from 'wouter';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { emptyDraft } from './draft.ts';
import { JwkForm } from './jwk-form.tsx';
import { useSuccessorDraft } from './successor.ts';
import { successorPath } from './successor-path.ts';

/** Creates a JWK or, where the address names one, gives it a new value. */
export function JwkFormPage() {
  const { projectName = '', jwkName } = useParams<{ projectName: string; jwkName?: string }>();
  const [parameters] = useSearchParams();
  const predecessor = jwkName === undefined ? (parameters.get('successor-of') ?? undefined) : undefined;
  const mayDeploy = useMayDeploy(projectName);
  const [, navigate] = useLocation();
  const from = jwkName ?? predecessor;
  const up =
    from === undefined
      ? { path: projectPath(projectName, 'jwks'), label: 'JWKs' }
      : { path: projectPath(projectName, 'jwks', from), label: from };
  if (!mayDeploy) {
    return (
      <Stack>
        <PageHeader title="Permission required" up={up} />
        <Text>Creating and changing JWKs takes ROLE_API_SECURITY and ROLE_DEPLOY_UNDEPLOY_PROXIES.</Text>
      </Stack>
    );
  }
  const form = {
    projectName,
    cancelPath: up.path,
    onSaved: (name: string) => navigate(projectPath(projectName, 'jwks', name)),
  };
  if (jwkName !== undefined) {
    return (
      <Stack>
        <PageHeader title={`Replace ${jwkName}`} up={up} />
        <ReplaceNote projectName={projectName} jwkName={jwkName} />
        <JwkForm {...form} replaced={jwkName} first={{ ...emptyDraft, source: 'URL' }} />
      </Stack>
    );
  }
  return (
    <Stack>
      <PageHeader title={predecessor === undefined ? 'New JWK' : `Successor of ${predecessor}`} up={up} />
      {predecessor === undefined ? (
        <JwkForm {...form} first={emptyDraft} />
      ) : (
        <Successor key={predecessor} {...form} predecessor={predecessor} />
      )}
    </Stack>
  );
}

/** A new key under the same name removes the older one from all nodes at once. */
function ReplaceNote({ projectName, jwkName }: { readonly projectName: string; readonly jwkName: string }) {
  return (
    <Text size="sm" maw="52rem">
      The new key replaces the current one on every node at once. To rotate without an interruption,{' '}
      <Anchor component={Link} href={successorPath(projectName, jwkName)} size="sm">
        create a successor
      </Anchor>{' '}
      instead: both keys stay published until you delete the older one.
    </Text>
  );
}

function Successor({
  predecessor,
  ...form
}: Omit<Parameters<typeof JwkForm>[0], 'first'> & { readonly predecessor: string }) {
  const first = useSuccessorDraft(form.projectName, predecessor);
  return (
    <>
      <Alert variant="outline" maw="52rem" title="Rotate in three steps">
        1. Create the successor: nodes publish both keys. 2. Wait until verifiers have fetched the new set,
        then sign with the successor. 3. Delete {predecessor} once nothing that it signed is in use.
      </Alert>
      <QueryView query={first}>{(draft) => <JwkForm {...form} first={draft} />}</QueryView>
    </>
  );
}
