import {
  Alert,
  Button,
  Group,
  NativeSelect,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { TokenProfile, TokenProfileTrial } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { unchecked } from '../api/unchecked.ts';
import { apiPath } from '../curl/curl-command.ts';
import { CurlNote } from '../curl/curl-note.tsx';
import { ErrorNote } from '../display/error-note.tsx';
import { Section } from '../display/section.tsx';
import { Block } from '../jwk-detail/public-part.tsx';
import { isoOf, policyUnits, type Quantity } from '../quantity/quantity.ts';
import { QuantityField } from '../quantity/quantity-field.tsx';
import { jsonOf } from './profile-draft.ts';

/** Asks the manager what a token would say. Nothing is signed. */
export function TryProfile({
  projectName,
  profile,
}: {
  readonly projectName: string;
  readonly profile: TokenProfile;
}) {
  const { claims, audiences, audienceMode, subject } = profile;
  const [given, setGiven] = useState(() => exampleClaims(claims.required));
  const [audience, setAudience] = useState('');
  const [sub, setSub] = useState('');
  const [caller, setCaller] = useState('');
  const [lifetime, setLifetime] = useState<Quantity>({ amount: '', unit: 'min' });
  const body = unchecked<object>({
    claims: jsonOf(given),
    ...(audience !== '' && { audience }),
    ...(sub !== '' && { subject: sub }),
    ...(lifetime.amount !== '' && { lifetime: isoOf(lifetime) }),
    ...(caller !== '' && { caller }),
  });
  const ask = useMutation({
    mutationFn: () => keyplane.tryTokenProfile({ projectName, tokenProfileName: profile.name, body }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    ask.mutate();
  }
  return (
    <Section
      title="Try it"
      description="What a token would contain if an application asked for it. The manager applies the rules of the nodes; nothing is signed"
    >
      <form onSubmit={submit}>
        <Stack>
          <Textarea
            label="Claims"
            description="A JSON object, as the application gives it"
            autosize
            minRows={2}
            classNames={{ input: 'mono' }}
            value={given}
            onChange={(event) => setGiven(event.currentTarget.value)}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {audienceMode === 'ONE_OF' && (
              <NativeSelect
                label="Audience"
                value={audience}
                onChange={(event) => setAudience(event.currentTarget.value)}
                data={[{ value: '', label: 'not given' }, ...audiences]}
              />
            )}
            {subject.mode === 'GIVEN' && (
              <TextInput
                label="Subject"
                value={sub}
                onChange={(event) => setSub(event.currentTarget.value)}
              />
            )}
            {subject.mode === 'FROM_CALLER' && (
              <TextInput
                label="Caller"
                description="Name of the application, or the subject of its JWT"
                placeholder="application"
                value={caller}
                onChange={(event) => setCaller(event.currentTarget.value)}
              />
            )}
            <QuantityField
              label="Lifetime"
              description="Empty: that of the profile"
              units={policyUnits}
              value={lifetime}
              onChange={setLifetime}
            />
          </SimpleGrid>
          <CurlNote
            method="POST"
            path={`${apiPath(projectName, 'token-profiles', profile.name)}try`}
            body={body}
          />
          <Group>
            <Button type="submit" loading={ask.isPending}>
              Try
            </Button>
          </Group>
        </Stack>
      </form>
      <ErrorNote error={ask.error} />
      {ask.data !== undefined && <Result trial={ask.data} isEncrypted={profile.encryptTo !== null} />}
    </Section>
  );
}

function Result({
  trial,
  isEncrypted,
}: {
  readonly trial: TokenProfileTrial;
  readonly isEncrypted: boolean;
}) {
  if (trial.refused !== undefined) {
    return (
      <Alert role="status" variant="outline" color="red" title="A node would refuse this" mt="md">
        {trial.refused.error_description}
      </Alert>
    );
  }
  return (
    <Stack mt="md" role="status">
      <Text size="sm">A node would issue this token{isEncrypted && ', and encrypt it'}:</Text>
      <Block label="Header" text={JSON.stringify(trial.header, null, 2)} />
      <Block label="Claims of the token" text={JSON.stringify(trial.claims, null, 2)} />
    </Stack>
  );
}

function exampleClaims(required: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(required.map((name) => [name, ''])), null, 2);
}
