import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import type { TokenProfile } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { DangerButton } from '../display/danger-button.tsx';
import { DeletablePage } from '../display/deletable-page.tsx';
import { DeploymentNote } from '../display/deployment-note.tsx';
import { Facts } from '../display/facts.tsx';
import { DeleteByName } from '../display/form/delete-by-name.tsx';
import { type Announcement, useLastDeployment } from '../display/last-deployment.ts';
import { PageHeader } from '../display/page-header.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant } from '../display/time.tsx';
import { Block } from '../jwk-detail/public-part.tsx';
import { useMayDeploy } from '../jwks/deploying-role.ts';
import { projectPath } from '../layout/project.ts';
import { durationWords } from '../quantity/quantity.ts';
import { ProfileDialog } from './profile-dialog.tsx';
import { TryProfile } from './try-profile.tsx';

/** Which token profile a page is about. */
interface ProfileRef {
  readonly projectName: string;
  readonly tokenProfileName: string;
}

/** One token profile: what its tokens say, and a trial. */
export function TokenProfilePage() {
  const { projectName = '', tokenProfileName = '' } = useParams<{
    projectName: string;
    tokenProfileName: string;
  }>();
  const up = { path: projectPath(projectName, 'token-profiles'), label: 'Token profiles' };
  return (
    <DeletablePage up={up} projectName={projectName}>
      {(onDeleted) => (
        <Shown
          key={`${projectName}/${tokenProfileName}`}
          profileRef={{ projectName, tokenProfileName }}
          onDeleted={onDeleted}
        />
      )}
    </DeletablePage>
  );
}

function Shown({
  profileRef,
  onDeleted,
}: {
  readonly profileRef: ProfileRef;
  readonly onDeleted: (announcement: Announcement) => void;
}) {
  const { projectName, tokenProfileName } = profileRef;
  const [dialog, setDialog] = useState<'edit' | 'delete'>();
  const last = useLastDeployment(['token-profiles', projectName, tokenProfileName]);
  const mayDeploy = useMayDeploy(projectName);
  const close = () => setDialog(undefined);
  const found = useQuery({
    queryKey: ['token-profile', profileRef],
    queryFn: async () => {
      const [profile] = (await keyplane.getTokenProfile(profileRef)).resultList;
      if (profile === undefined) throw new Error('The manager responded without the token profile');
      return profile;
    },
  });
  return (
    <Stack>
      <PageHeader
        title={tokenProfileName}
        up={{ path: projectPath(projectName, 'token-profiles'), label: 'Token profiles' }}
      >
        {mayDeploy && found.data !== undefined && (
          <>
            <Button variant="default" onClick={() => setDialog('edit')}>
              Edit
            </Button>
            <DangerButton onClick={() => setDialog('delete')}>Delete</DangerButton>
          </>
        )}
      </PageHeader>
      {last.announcement !== null && <DeploymentNote {...last.announcement} onClose={last.close} />}
      <QueryView query={found}>
        {(profile) => (
          <>
            {profile.description !== null && <Text>{profile.description}</Text>}
            <Details projectName={projectName} profile={profile} />
            <TryProfile key={profile.updatedAt} projectName={projectName} profile={profile} />
            <Section
              title="Issue"
              description="At a node with an operations listener, as an application with a grant to issue. Replace NODE with its host and port"
            >
              <Block label="curl command" text={issueCommand(profileRef, profile)} />
            </Section>
            {dialog === 'edit' && (
              <ProfileDialog projectName={projectName} profile={profile} onDone={close} onClose={close} />
            )}
            {dialog === 'delete' && (
              <DeleteProfile profileRef={profileRef} onDone={onDeleted} onClose={close} />
            )}
          </>
        )}
      </QueryView>
    </Stack>
  );
}

function Details({ projectName, profile }: { readonly projectName: string; readonly profile: TokenProfile }) {
  const { audiences, audienceMode, claims, encryptTo, keyRingName } = profile;
  const hasFixed = Object.keys(claims.fixed).length > 0;
  return (
    <Section title="Details">
      <Stack>
        <Facts
          facts={[
            [
              'Signed with',
              <Anchor
                key="ring"
                component={Link}
                href={projectPath(projectName, 'key-rings', keyRingName)}
                fz="inherit"
              >
                {keyRingName}
              </Anchor>,
            ],
            ['Issuer', profile.issuer],
            ['Audience', audienceMode === 'FIXED' ? audiences.join(', ') : `one of ${audiences.join(', ')}`],
            ['Subject', subjectText(profile.subject)],
            [
              'Lifetime',
              profile.lifetime === profile.maxLifetime
                ? durationWords(profile.lifetime)
                : `${durationWords(profile.lifetime)}, at most ${durationWords(profile.maxLifetime)}`,
            ],
            ['Not before', profile.notBeforeOffset],
            ['Type', profile.tokenType],
            ['May be given', claims.allowed.join(', ')],
            ['Must be given', claims.required.join(', ')],
            [
              'Encrypted to',
              encryptTo && `${encryptTo.keyRingName ?? encryptTo.jwkName}, with ${encryptTo.enc}`,
            ],
            ['Created', <Instant key="created" at={profile.createdAt} />],
          ]}
        />
        {hasFixed && <Block label="Fixed claims" text={JSON.stringify(claims.fixed, null, 2)} />}
        {claims.schema !== null && (
          <Block label="JSON Schema of claims" text={JSON.stringify(claims.schema, null, 2)} />
        )}
      </Stack>
    </Section>
  );
}

function subjectText({ mode, value, pattern }: TokenProfile['subject']): string {
  switch (mode) {
    case 'FIXED':
      return value ?? '';
    case 'FROM_CALLER':
      return 'the application that asks';
    case 'GIVEN':
      return pattern === null ? 'given by the application' : `given by the application: ${pattern}`;
    default:
      return mode satisfies never;
  }
}

function issueCommand({ projectName, tokenProfileName }: ProfileRef, profile: TokenProfile): string {
  const { audienceMode, audiences, claims, subject } = profile;
  const body = {
    ...(claims.required.length > 0 && {
      claims: Object.fromEntries(claims.required.map((name) => [name, '…'])),
    }),
    ...(audienceMode === 'ONE_OF' && audiences.length > 1 && { audience: audiences[0] }),
    ...(subject.mode === 'GIVEN' && { subject: '…' }),
  };
  const path = ['projects', projectName, 'token-profiles', tokenProfileName, 'tokens'];
  return [
    `curl -X POST 'http://NODE/${path.map(encodeURIComponent).join('/')}'`,
    `  -H "Authorization: Bearer $TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d '${JSON.stringify(body).replaceAll("'", `'\\''`)}'`,
  ].join(' \\\n');
}

function DeleteProfile({
  profileRef,
  onDone,
  onClose,
}: {
  readonly profileRef: ProfileRef;
  readonly onDone: (announcement: Announcement) => void;
  readonly onClose: () => void;
}) {
  return (
    <DeleteByName
      name={profileRef.tokenProfileName}
      what="the token profile"
      request={() => keyplane.deleteTokenProfile(profileRef)}
      onDone={onDone}
      onClose={onClose}
    >
      <Text>
        Nodes issue no token of it from now on. Tokens that were issued stay valid until they expire.
      </Text>
    </DeleteByName>
  );
}
