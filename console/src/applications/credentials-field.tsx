import { Button, Card, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Application, Credential } from '../../../clients/typescript/src/index.ts';
import { unchecked } from '../api/unchecked.ts';
import { MomentField } from '../display/form/moment-field.tsx';

/** What is typed; `claims` as JSON. */
export interface CredentialDraft {
  readonly id: number;
  readonly type: Credential['type'];
  readonly name: string;
  readonly expiresAt: string;
  readonly certificateBy: 'uriSan' | 'spkiSha256';
  readonly certificate: string;
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly claims: string;
  readonly singleUse: boolean;
  readonly keysBy: 'jwksUri' | 'jwkName';
  readonly keys: string;
}

const empty: CredentialDraft = Object.freeze({
  id: 0,
  type: 'TOKEN',
  name: '',
  expiresAt: '',
  certificateBy: 'uriSan',
  certificate: '',
  issuer: '',
  audience: '',
  subject: '',
  claims: '',
  singleUse: false,
  keysBy: 'jwksUri',
  keys: '',
});

const typeNames: Readonly<Record<Credential['type'], string>> = {
  TOKEN: 'Token',
  MTLS: 'Client certificate',
  JWT: 'JWT of another issuer',
};

/** What a new application has: one token. */
export const defaultCredentials: readonly CredentialDraft[] = Object.freeze([
  Object.freeze({ ...empty, name: 'default' }),
]);

export function credentialDrafts(credentials: Application['credentials']): readonly CredentialDraft[] {
  return credentials.map((one, id) => ({
    ...empty,
    id,
    type: one.type,
    name: one.name ?? '',
    expiresAt: one.expiresAt ?? '',
    certificateBy: one.spkiSha256 === undefined ? 'uriSan' : 'spkiSha256',
    certificate: one.uriSan ?? one.spkiSha256 ?? '',
    issuer: one.issuer ?? '',
    audience: one.audience ?? '',
    subject: one.subject ?? '',
    claims: Object.keys(one.claims ?? {}).length === 0 ? '' : JSON.stringify(one.claims),
    singleUse: one.singleUse ?? false,
    keysBy: one.jwkName === undefined ? 'jwksUri' : 'jwkName',
    keys: one.jwksUri ?? one.jwkName ?? '',
  }));
}

/** Claims that are no JSON go as the text that they are: the manager says what is wrong. */
export function credentialsOf(drafts: readonly CredentialDraft[]): readonly Credential[] {
  return drafts.map((draft) => {
    const { type, certificateBy, certificate, issuer, audience, subject, keysBy, keys } = draft;
    switch (type) {
      case 'TOKEN':
        return { type, name: draft.name, expiresAt: draft.expiresAt === '' ? null : draft.expiresAt };
      case 'MTLS':
        return { type, [certificateBy]: certificate.trim() };
      case 'JWT': {
        const claims = draft.claims.trim() === '' ? undefined : parsed(draft.claims);
        return unchecked<Credential>({
          type,
          issuer: issuer.trim(),
          audience: audience.trim(),
          subject: subject.trim(),
          ...(claims !== undefined && { claims }),
          ...(draft.singleUse && { singleUse: true }),
          [keysBy]: keys.trim(),
        });
      }
      default:
        return type satisfies never;
    }
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** How nodes recognise an application. */
export function CredentialsField({
  value,
  error,
  onChange,
}: {
  readonly value: readonly CredentialDraft[];
  readonly error: string | undefined;
  readonly onChange: (value: readonly CredentialDraft[]) => void;
}) {
  const replace = (at: number, draft?: CredentialDraft) =>
    onChange(value.toSpliced(at, 1, ...(draft ? [draft] : [])));
  return (
    <Stack gap="xs">
      {value.map((draft, at) => (
        <CredentialCard
          key={draft.id}
          number={at + 1}
          draft={draft}
          set={(changes) => replace(at, { ...draft, ...changes })}
          onRemove={() => replace(at)}
        />
      ))}
      <NativeSelect
        label="Known by"
        description="Nodes recognise the application by any one of its credentials"
        value=""
        error={error}
        onChange={(event) => {
          const type = unchecked<Credential['type']>(event.currentTarget.value);
          const id = Math.max(-1, ...value.map((one) => one.id)) + 1;
          onChange([...value, { ...empty, id, type, name: value.length === 0 ? 'default' : '' }]);
        }}
        data={[
          { value: '', label: 'Add a credential', disabled: true },
          ...Object.entries(typeNames).map(([type, label]) => ({ value: type, label })),
        ]}
      />
    </Stack>
  );
}

interface CardProps {
  readonly number: number;
  readonly draft: CredentialDraft;
  readonly set: (changes: Partial<CredentialDraft>) => void;
  readonly onRemove: () => void;
}

function CredentialCard({ number, draft, set, onRemove }: CardProps) {
  const title = `${typeNames[draft.type]}`;
  return (
    <Card withBorder component="section" aria-label={`Credential ${number}: ${title}`} p="sm">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Text fw={600}>{title}</Text>
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Remove credential ${number}`}
            onClick={onRemove}
          >
            Remove
          </Button>
        </Group>
        <Fields draft={draft} set={set} />
      </Stack>
    </Card>
  );
}

type FieldsProps = Pick<CardProps, 'draft' | 'set'>;

function Fields({ draft, set }: FieldsProps) {
  switch (draft.type) {
    case 'TOKEN':
      return (
        <>
          <TextInput
            label="Name of the token"
            description="A token that keeps its name is not replaced"
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <MomentField
            label="Token expires"
            description="Empty: with the application"
            value={draft.expiresAt}
            onChange={(expiresAt) => set({ expiresAt })}
          />
        </>
      );
    case 'MTLS':
      return (
        <>
          <NativeSelect
            label="Recognised by"
            value={draft.certificateBy}
            onChange={(event) => set({ certificateBy: unchecked(event.currentTarget.value) })}
            data={[
              { value: 'uriSan', label: 'A URI in the certificate' },
              { value: 'spkiSha256', label: 'SHA-256 of its public key' },
            ]}
          />
          <TextInput
            label={draft.certificateBy === 'uriSan' ? 'URI' : 'SHA-256 of the public key, base64url'}
            placeholder={draft.certificateBy === 'uriSan' ? 'spiffe://example.org/billing' : ''}
            value={draft.certificate}
            onChange={(event) => set({ certificate: event.currentTarget.value })}
          />
        </>
      );
    case 'JWT':
      return <JwtFields draft={draft} set={set} />;
    default:
      return draft.type satisfies never;
  }
}

function JwtFields({ draft, set }: FieldsProps) {
  const [hasClaims, setHasClaims] = useState(draft.claims !== '' || draft.singleUse);
  return (
    <>
      <TextInput
        label="Issuer"
        description="The iss of its JWTs"
        value={draft.issuer}
        onChange={(event) => set({ issuer: event.currentTarget.value })}
      />
      <TextInput
        label="Audience"
        description="One aud of its JWTs; choose one that is only for keyplane"
        value={draft.audience}
        onChange={(event) => set({ audience: event.currentTarget.value })}
      />
      <TextInput
        label="Subject"
        description="* stands for one or more characters other than a colon"
        placeholder="system:serviceaccount:shop:*"
        value={draft.subject}
        onChange={(event) => set({ subject: event.currentTarget.value })}
      />
      <NativeSelect
        label="Verified with"
        value={draft.keysBy}
        onChange={(event) => set({ keysBy: unchecked(event.currentTarget.value) })}
        data={[
          { value: 'jwksUri', label: 'The JWK Set of the issuer, which the manager follows' },
          { value: 'jwkName', label: 'A JWK of this project' },
        ]}
      />
      <TextInput
        label={draft.keysBy === 'jwksUri' ? 'URL of the JWK Set' : 'Name of the JWK'}
        value={draft.keys}
        onChange={(event) => set({ keys: event.currentTarget.value })}
      />
      <Checkbox
        label="More conditions"
        checked={hasClaims}
        onChange={(event) => {
          setHasClaims(event.currentTarget.checked);
          if (!event.currentTarget.checked) set({ claims: '', singleUse: false });
        }}
      />
      {hasClaims && (
        <>
          <TextInput
            label="Claims with exactly these values, as JSON"
            placeholder='{"repository": "shop/orders"}'
            value={draft.claims}
            onChange={(event) => set({ claims: event.currentTarget.value })}
          />
          <Checkbox
            label="Accept each JWT once per node"
            description="By its jti. Tokens that Kubernetes and SPIFFE give are sent with every request"
            checked={draft.singleUse}
            onChange={(event) => set({ singleUse: event.currentTarget.checked })}
          />
        </>
      )}
    </>
  );
}
