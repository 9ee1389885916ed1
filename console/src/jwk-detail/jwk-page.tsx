import { Box, Button, Grid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { DangerButton } from '../display/danger-button.tsx';
import { DeletablePage } from '../display/deletable-page.tsx';
import { DeploymentNote } from '../display/deployment-note.tsx';
import { type Fact, Facts } from '../display/facts.tsx';
import { type Announcement, useLastDeployment } from '../display/last-deployment.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Status } from '../display/status.tsx';
import { validityStatuses } from '../display/status-words.ts';
import { Instant, Time } from '../display/time.tsx';
import { ProjectSetAddresses } from '../environments/set-addresses.tsx';
import { successorPath } from '../jwk-form/successor-path.ts';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { keyTextWithUnit, useWords, validityState } from '../jwks/jwk-words.ts';
import { projectPath } from '../layout/project.ts';
import { UseAtNode } from '../node-operations/use-at-node.tsx';
import { AdoptJwkDialog, mayBeAdopted } from '../rings/adopt-jwk.tsx';
import { RingLink } from '../rings/ring-link.tsx';
import { UsageSection } from '../usage/usage.tsx';
import { DeleteJwkAction } from './delete-jwk.tsx';
import { DeploymentLegend, DeploymentState, deployedText } from './deployment-state.tsx';
import { EditDescription } from './edit-description.tsx';
import './jwk-detail.css';
import { JwkHistory } from './jwk-history.tsx';
import { type JwkDetail, type JwkRef, useDeployment, useJwk, usePublicJwk } from './jwk-queries.ts';
import { sourceFacts } from './jwk-source.tsx';
import { PrivatePart } from './private-part.tsx';
import { PublicExport } from './public-export.tsx';
import { PublicPart } from './public-part.tsx';
import { ValidityBar } from './validity-bar.tsx';

/** One JWK and its actions. */
export function JwkPage() {
  const { projectName = '', jwkName = '' } = useParams<{ projectName: string; jwkName: string }>();
  const up = { path: projectPath(projectName, 'jwks'), label: 'JWKs' };
  // Another JWK is another page: nothing that was revealed is carried over.
  return (
    <DeletablePage up={up} projectName={projectName}>
      {(onDeleted) => (
        <Shown key={`${projectName}/${jwkName}`} jwk={{ projectName, jwkName }} onDeleted={onDeleted} />
      )}
    </DeletablePage>
  );
}

interface ShownProps {
  readonly jwk: JwkRef;
  readonly onDeleted: (announcement: Announcement) => void;
}

function Shown({ jwk, onDeleted }: ShownProps) {
  const { projectName, jwkName } = jwk;
  const found = useJwk(jwk);
  const [dialog, setDialog] = useState<'edit' | 'adopt' | 'delete'>();
  const last = useLastDeployment(['jwks', projectName, jwkName]);
  const mayDeploy = useMayDeploy(projectName);
  const close = () => setDialog(undefined);
  return (
    <Stack>
      <PageHeader title={jwkName} up={{ path: projectPath(projectName, 'jwks'), label: 'JWKs' }}>
        {mayDeploy && found.data !== undefined && found.data.ringName === null && (
          <>
            <AdoptButton jwk={jwk} detail={found.data} onAdopt={() => setDialog('adopt')} />
            <Button variant="default" component={Link} href={successorPath(projectName, jwkName)}>
              Create successor
            </Button>
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
            <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      {last.announcement !== null && <DeploymentNote {...last.announcement} onClose={last.close} />}
      <QueryView query={found}>{(detail) => <Sections jwk={jwk} detail={detail} />}</QueryView>
      {dialog === 'edit' && found.data !== undefined && (
        <EditDescription jwk={jwk} detail={found.data} onClose={close} />
      )}
      {dialog === 'adopt' && <AdoptJwkDialog jwk={jwk} onClose={close} />}
      {dialog === 'delete' && <DeleteJwkAction jwk={jwk} onDone={onDeleted} onClose={close} />}
    </Stack>
  );
}

function AdoptButton({
  jwk,
  detail,
  onAdopt,
}: {
  readonly jwk: JwkRef;
  readonly detail: JwkDetail;
  readonly onAdopt: () => void;
}) {
  const found = usePublicJwk(jwk, detail.updatedAt);
  if (!mayBeAdopted(detail, found.data)) return null;
  return (
    <Button variant="default" onClick={onAdopt}>
      Adopt into a key ring
    </Button>
  );
}

function Sections({ jwk, detail }: { readonly jwk: JwkRef; readonly detail: JwkDetail }) {
  const isPublished = detail.type !== 'OCT';
  return (
    <>
      {detail.description !== null && <Text>{detail.description}</Text>}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Section title="Details">
            <KeyFacts jwk={jwk} detail={detail} />
            <Box mt="md">
              <ValidityBar jwk={detail} />
            </Box>
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <Section title="Deployment" actions={<DeploymentLegend />}>
              <DeploymentState jwk={jwk} detail={detail} />
            </Section>
            {isPublished && (
              <Section title="JWK Set" description="The address to give to verifiers">
                <ProjectSetAddresses projectName={jwk.projectName} />
              </Section>
            )}
          </Stack>
        </Grid.Col>
      </Grid>
      <PublicPart
        jwk={jwk}
        updatedAt={detail.updatedAt}
        actions={isPublished && <PublicExport jwk={jwk} />}
      />
      <Section title="Private part">
        <PrivatePart key={detail.updatedAt} jwk={jwk} detail={detail} />
      </Section>
      <UsageSection {...jwk} />
      {detail.ringName === null && detail.algorithm !== null && (
        <UseAtNode projectName={jwk.projectName} target={{ jwkName: jwk.jwkName }} usedKey={detail} />
      )}
      <Section title="History">
        <JwkHistory jwk={jwk} />
      </Section>
    </>
  );
}

function allowanceTexts({ allowRsa15, allowCompressed, maxIterationCount }: JwkDetail): readonly string[] {
  return [
    ...(allowRsa15 ? ['RSA1_5'] : []),
    ...(allowCompressed ? ['compressed content'] : []),
    ...(maxIterationCount === undefined ? [] : [`PBES2 with ${maxIterationCount} iterations`]),
  ];
}

function KeyFacts({ jwk, detail }: { readonly jwk: JwkRef; readonly detail: JwkDetail }) {
  const deployment = useDeployment(jwk);
  const validity = validityStatuses[validityState(detail, Date.now())];
  const facts: readonly Fact[] = [
    ['Key', keyTextWithUnit(detail)],
    ['Algorithm', detail.algorithm ?? 'any that fits'],
    ['Use', detail.use === null ? 'any' : (useWords[detail.use] ?? detail.use)],
    [
      'Key ID (kid)',
      <span key="kid" className="mono">
        {detail.kid ?? 'none'}
      </span>,
    ],
    ['Key ring', detail.ringName && <RingLink key="ring" projectName={jwk.projectName} jwk={detail} />],
    ...sourceFacts(jwk.projectName, detail),
    ['Deployed to', deployment.data && deployedText(deployment.data, detail)],
    ['Not before', <Instant key="from" at={detail.notBeforeTime} fallback="no limit" />],
    [
      'Expires',
      <span key="until">
        <Instant at={detail.expirationTime} fallback="never" />{' '}
        {validity.tone !== 'quiet' && <Status of={validity} />}
      </span>,
    ],
    ['Last used at a node', detail.lastUsedAt && <Time key="used" at={detail.lastUsedAt} />],
    ['Nodes also accept', allowanceTexts(detail).join(', ')],
    ['Created', <Instant key="created" at={detail.createdAt} />],
    ['Changed', <Instant key="updated" at={detail.updatedAt} />],
  ];
  return <Facts facts={facts} />;
}
