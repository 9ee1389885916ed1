import { Anchor, Button, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { DeploymentNote, type DeploymentResult } from '../display/deployment-note.tsx';
import { Facts } from '../display/facts.tsx';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant } from '../display/time.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { useWords } from '../jwks/jwk-words.ts';
import { projectPath } from '../layout/project.ts';
import { DeleteJwk } from './delete-jwk.tsx';
import { DeploymentState } from './deployment-state.tsx';
import { EditDescription } from './edit-description.tsx';
import { JwkHistory } from './jwk-history.tsx';
import { type JwkDetail, type JwkRef, useJwk } from './jwk-queries.ts';
import { JwkSource } from './jwk-source.tsx';
import { PrivatePart } from './private-part.tsx';
import { PublicExport } from './public-export.tsx';
import { PublicPart } from './public-part.tsx';
import { ValidityBar } from './validity-bar.tsx';

/** Everything there is to know of one JWK, and what can be done with it. */
export function JwkPage() {
  const { projectName = '', jwkName = '' } = useParams<{ projectName: string; jwkName: string }>();
  const [deleted, setDeleted] = useState<DeploymentResult>();
  const up = { path: projectPath(projectName, 'jwks'), label: 'JWKs' };
  if (deleted !== undefined) {
    return (
      <Stack>
        <PageHeader title={`${jwkName} is deleted`} up={up} />
        <DeploymentNote result={deleted} />
        <Anchor component={Link} href={up.path}>
          To the JWKs of {projectName}
        </Anchor>
      </Stack>
    );
  }
  // Another JWK is another page: nothing that was revealed is carried over.
  return <Shown key={`${projectName}/${jwkName}`} jwk={{ projectName, jwkName }} onDeleted={setDeleted} />;
}

interface ShownProps {
  readonly jwk: JwkRef;
  readonly onDeleted: (result: DeploymentResult) => void;
}

function Shown({ jwk, onDeleted }: ShownProps) {
  const { projectName, jwkName } = jwk;
  const found = useJwk(jwk);
  const [dialog, setDialog] = useState<'edit' | 'delete'>();
  const [result, setResult] = useState<DeploymentResult>();
  const mayDeploy = useMayDeploy(projectName);
  const close = () => setDialog(undefined);
  return (
    <Stack>
      <PageHeader title={jwkName} up={{ path: projectPath(projectName, 'jwks'), label: 'JWKs' }}>
        {mayDeploy && found.data !== undefined && (
          <>
            <Button variant="default" onClick={() => setDialog('edit')}>
              Edit description
            </Button>
            <Button
              variant="default"
              component={Link}
              href={projectPath(projectName, 'replace-jwk', jwkName)}
            >
              Replace
            </Button>
            <Button variant="default" onClick={() => setDialog('delete')}>
              Delete
            </Button>
          </>
        )}
      </PageHeader>
      {result !== undefined && <DeploymentNote result={result} onClose={() => setResult(undefined)} />}
      <QueryView query={found}>{(detail) => <Sections jwk={jwk} detail={detail} />}</QueryView>
      {dialog === 'edit' && found.data !== undefined && (
        <EditDescription
          jwk={jwk}
          detail={found.data}
          onClose={close}
          onDone={(answer) => {
            setResult(answer);
            close();
          }}
        />
      )}
      {dialog === 'delete' && <DeleteJwk jwk={jwk} onDone={onDeleted} onClose={close} />}
    </Stack>
  );
}

function Sections({ jwk, detail }: { readonly jwk: JwkRef; readonly detail: JwkDetail }) {
  return (
    <>
      {detail.description !== null && <Text>{detail.description}</Text>}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="Key">
          <KeyFacts detail={detail} />
        </Section>
        <Section title="Deployment">
          <DeploymentState jwk={jwk} />
        </Section>
        <Section title="Validity">
          <ValidityBar jwk={detail} />
        </Section>
        <Section title="Source">
          <JwkSource projectName={jwk.projectName} jwk={detail} />
        </Section>
      </SimpleGrid>
      <PublicPart jwk={jwk} updatedAt={detail.updatedAt} />
      {detail.type !== 'OCT' && <PublicExport jwk={jwk} />}
      <Section title="Private part">
        <PrivatePart key={detail.updatedAt} jwk={jwk} detail={detail} />
      </Section>
      <Section title="History">
        <JwkHistory jwk={jwk} />
      </Section>
    </>
  );
}

function KeyFacts({ detail }: { readonly detail: JwkDetail }) {
  return (
    <Facts
      facts={[
        ['Type', detail.type],
        [
          'kid',
          <span key="kid" className="mono">
            {detail.kid ?? 'none'}
          </span>,
        ],
        ['Use', detail.use === null ? 'any' : (useWords[detail.use] ?? detail.use)],
        ['Algorithm', detail.algorithm ?? 'any that fits'],
        ['Created', <Instant key="created" at={detail.createdAt} />],
        ['Changed', <Instant key="updated" at={detail.updatedAt} />],
      ]}
    />
  );
}
