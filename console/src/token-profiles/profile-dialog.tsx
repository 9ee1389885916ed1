import { NativeSelect, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TokenProfile } from '../../../clients/typescript/src/index.ts';
import { keyplane } from '../api/keyplane.ts';
import { unchecked } from '../api/unchecked.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { DescriptionField } from '../display/form/description-field.tsx';
import { type FieldErrors, fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { NameField } from '../display/form/name-field.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import { policyUnits } from '../quantity/quantity.ts';
import { QuantityField } from '../quantity/quantity-field.tsx';
import { newProfileDraft, type ProfileDraft, profileBodyOf, profileDraftOf } from './profile-draft.ts';

/** How many key rings and JWKs the form offers. */
const mostOffered = 100;

const fields = [
  ['name'],
  ['keyRingName'],
  ['issuer'],
  ['audiences'],
  ['lifetime'],
  ['maxLifetime'],
  ['notBeforeOffset'],
  ['tokenType'],
  ['subject', 'subject.value', 'subject.pattern', 'subject.mode'],
  ['fixed', 'claims.fixed'],
  ['allowed', 'claims.allowed'],
  ['required', 'claims.required'],
  ['schema', 'claims.schema'],
  ['encryptTo', 'encryptTo.jwkName', 'encryptTo.keyRingName'],
  ['enc', 'encryptTo.enc'],
  ['description'],
] as const;
type Field = (typeof fields)[number][0];

interface PartProps {
  readonly draft: ProfileDraft;
  readonly set: (changes: Partial<ProfileDraft>) => void;
  readonly errors: FieldErrors<Field>;
}

/** Creates a token profile, or edits the given one: everything except its name. */
export function ProfileDialog({
  projectName,
  profile,
  onDone,
  onClose,
}: {
  readonly projectName: string;
  readonly profile?: TokenProfile;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(() =>
    profile === undefined ? newProfileDraft : profileDraftOf(profile),
  );
  const set = (changes: Partial<ProfileDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const body = profileBodyOf(draft);
  const save = useChange(
    () =>
      profile === undefined
        ? keyplane.createTokenProfile({ projectName, body })
        : keyplane.updateTokenProfile({ projectName, tokenProfileName: profile.name, body }),
    (answer) => {
      keepDeployment(queries, ['token-profiles', projectName, draft.name], {
        title: profile === undefined ? `${draft.name} is created` : `${draft.name} is changed`,
        result: resultOf(answer),
      });
      onDone(draft.name);
    },
  );
  const errors = fieldErrors<Field>(save.error, fields);
  const part = { draft, set, errors };
  const keys = useKeys(projectName);
  return (
    <FormDialog
      title={profile === undefined ? 'New token profile' : `Edit ${profile.name}`}
      size="xl"
      action={profile === undefined ? 'Create' : 'Save'}
      request={
        profile === undefined
          ? { method: 'POST', path: apiPath(projectName, 'token-profiles'), body }
          : { method: 'PUT', path: apiPath(projectName, 'token-profiles', profile.name), body }
      }
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {profile === undefined && (
        <NameField value={draft.name} error={errors.of('name')} onChange={(name) => set({ name })} />
      )}
      <NativeSelect
        label="Key ring"
        description="Its active key signs"
        required
        value={draft.keyRingName}
        error={errors.of('keyRingName')}
        onChange={(event) => set({ keyRingName: event.currentTarget.value })}
        data={[{ value: '', label: 'Choose a key ring', disabled: true }, ...keys.signing]}
      />
      <IssuerFields {...part} />
      <LifetimeFields {...part} />
      <SubjectFields {...part} />
      <ClaimFields {...part} />
      <details className="more">
        <summary>More</summary>
        <Stack mt="sm">
          <OtherFields {...part} />
          <EncryptionFields {...part} targets={keys.encrypting} />
          <DescriptionField
            value={draft.description}
            error={errors.of('description')}
            onChange={(description) => set({ description })}
          />
        </Stack>
      </details>
    </FormDialog>
  );
}

function useKeys(projectName: string) {
  const found = useQuery({
    queryKey: ['profile-keys', projectName],
    queryFn: async () => {
      const asked = { projectName, page: '1', size: String(mostOffered), sort: 'name,asc' };
      const [rings, jwks] = await Promise.all([keyplane.listKeyRings(asked), keyplane.listJwks(asked)]);
      return {
        signing: rings.resultList.filter(({ use }) => use === 'sig').map(({ name }) => name),
        encrypting: [
          ...rings.resultList
            .filter(({ use }) => use === 'enc')
            .map(({ name }) => ({ value: `ring ${name}`, label: `Key ring ${name}` })),
          ...jwks.resultList
            .filter(({ use, ringName }) => use !== 'sig' && ringName === null)
            .map(({ name }) => ({ value: `jwk ${name}`, label: `JWK ${name}` })),
        ],
      };
    },
  });
  return found.data ?? { signing: [], encrypting: [] };
}

function IssuerFields({ draft, set, errors }: PartProps) {
  return (
    <>
      <TextInput
        label="Issuer"
        description="The iss of every token"
        required
        value={draft.issuer}
        error={errors.of('issuer')}
        onChange={(event) => set({ issuer: event.currentTarget.value })}
      />
      <Textarea
        label="Audiences"
        description="One on each line"
        required
        autosize
        minRows={1}
        value={draft.audiences}
        error={errors.of('audiences')}
        onChange={(event) => set({ audiences: event.currentTarget.value })}
      />
      <NativeSelect
        label="A token is for"
        value={draft.audienceMode}
        onChange={(event) => set({ audienceMode: unchecked(event.currentTarget.value) })}
        data={[
          { value: 'FIXED', label: 'all these audiences' },
          { value: 'ONE_OF', label: 'one of them, which the application chooses' },
        ]}
      />
    </>
  );
}

function LifetimeFields({ draft, set, errors }: PartProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <QuantityField
        label="Lifetime"
        description="Where the application asks for none"
        units={policyUnits}
        value={draft.lifetime}
        error={errors.of('lifetime')}
        onChange={(lifetime) => set({ lifetime })}
      />
      <QuantityField
        label="Lifetime at most"
        description="Empty: the lifetime"
        units={policyUnits}
        value={draft.maxLifetime}
        error={errors.of('maxLifetime')}
        onChange={(maxLifetime) => set({ maxLifetime })}
      />
    </SimpleGrid>
  );
}

function SubjectFields({ draft, set, errors }: PartProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NativeSelect
        label="Subject"
        value={draft.subjectMode}
        error={draft.subjectMode === 'FROM_CALLER' ? errors.of('subject') : undefined}
        onChange={(event) => set({ subjectMode: unchecked(event.currentTarget.value), subject: '' })}
        data={[
          { value: 'FROM_CALLER', label: 'the application that asks' },
          { value: 'FIXED', label: 'always the same' },
          { value: 'GIVEN', label: 'given by the application' },
        ]}
      />
      {draft.subjectMode !== 'FROM_CALLER' && (
        <TextInput
          label={draft.subjectMode === 'FIXED' ? 'The subject' : 'Pattern of the subject'}
          {...(draft.subjectMode === 'GIVEN' && { placeholder: 'user:*' })}
          value={draft.subject}
          error={errors.of('subject')}
          onChange={(event) => set({ subject: event.currentTarget.value })}
        />
      )}
    </SimpleGrid>
  );
}

function ClaimFields({ draft, set, errors }: PartProps) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Textarea
          label="Claims that an application may give"
          description="One name on each line"
          autosize
          minRows={2}
          value={draft.allowed}
          error={errors.of('allowed')}
          onChange={(event) => set({ allowed: event.currentTarget.value })}
        />
        <Textarea
          label="Claims that it must give"
          description="One name on each line"
          autosize
          minRows={2}
          value={draft.required}
          error={errors.of('required')}
          onChange={(event) => set({ required: event.currentTarget.value })}
        />
      </SimpleGrid>
      <Textarea
        label="Fixed claims"
        description="A JSON object, which is part of every token. No application can set them"
        autosize
        minRows={2}
        classNames={{ input: 'mono' }}
        value={draft.fixed}
        error={errors.of('fixed')}
        onChange={(event) => set({ fixed: event.currentTarget.value })}
      />
    </>
  );
}

function OtherFields({ draft, set, errors }: PartProps) {
  return (
    <>
      <Textarea
        label="JSON Schema of the claims that an application gives"
        description="JSON Schema 2020-12"
        autosize
        minRows={2}
        classNames={{ input: 'mono' }}
        value={draft.schema}
        error={errors.of('schema')}
        onChange={(event) => set({ schema: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Type of the token"
          description="The typ of its header, such as at+jwt"
          value={draft.tokenType}
          error={errors.of('tokenType')}
          onChange={(event) => set({ tokenType: event.currentTarget.value })}
        />
        <TextInput
          label="Not before"
          description="From iat to nbf, such as -PT1M. Empty: no nbf"
          value={draft.notBeforeOffset}
          error={errors.of('notBeforeOffset')}
          onChange={(event) => set({ notBeforeOffset: event.currentTarget.value })}
        />
      </SimpleGrid>
    </>
  );
}

function EncryptionFields({
  draft,
  set,
  errors,
  targets,
}: PartProps & { readonly targets: readonly { readonly value: string; readonly label: string }[] }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NativeSelect
        label="Encrypt the token to"
        value={draft.encryptTo}
        error={errors.of('encryptTo')}
        onChange={(event) => set({ encryptTo: event.currentTarget.value, enc: '' })}
        data={[{ value: '', label: 'no key' }, ...targets]}
      />
      {draft.encryptTo !== '' && (
        <NativeSelect
          label="Content encryption"
          value={draft.enc}
          error={errors.of('enc')}
          onChange={(event) => set({ enc: event.currentTarget.value })}
          data={[
            { value: '', label: 'one that fits the key' },
            'A128GCM',
            'A192GCM',
            'A256GCM',
            'A128CBC-HS256',
            'A192CBC-HS384',
            'A256CBC-HS512',
          ]}
        />
      )}
    </SimpleGrid>
  );
}
