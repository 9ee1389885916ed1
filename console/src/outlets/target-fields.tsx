// The fields that only one kind of outlet has.

import { MultiSelect, NativeSelect, PasswordInput, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { eventPatterns } from '../../../src/events/event-types.ts';
import { keyplane } from '../api/keyplane.ts';
import { unchecked } from '../api/unchecked.ts';
import type { OutletDraft } from './outlet-draft.ts';
import type { Field, PartProps } from './outlet-fields.ts';

type TextField = Field & keyof OutletDraft;

interface TextProps extends PartProps {
  readonly field: TextField;
  readonly label: string;
  readonly description?: string;
  readonly placeholder?: string;
  readonly isOptional?: boolean;
}

function inputOf({ field, label, description, placeholder, isOptional, draft, set, errors }: TextProps) {
  return {
    label,
    description,
    placeholder,
    required: isOptional !== true,
    value: String(draft[field]),
    error: errors.of(field),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      set({ [field]: event.currentTarget.value }),
  };
}

function Line(props: TextProps) {
  return <TextInput {...inputOf(props)} />;
}

function Secret(props: TextProps) {
  return <PasswordInput autoComplete="off" {...inputOf(props)} />;
}

export function TargetFields(part: PartProps) {
  switch (part.draft.kind) {
    case 'FILES':
      return <FilesFields {...part} />;
    case 'ENVOY':
      return <EnvoyFields {...part} />;
    case 'VAULT_KV':
      return <VaultFields {...part} />;
    case 'WEBHOOK':
      return <WebhookFields {...part} />;
    case '':
      return null;
    default:
      return part.draft.kind satisfies never;
  }
}

const belowProject = 'Below the folder of the project in the outlet-dir of the nodes';

function FilesFields(part: PartProps) {
  const { draft, set, errors } = part;
  const isFolder = draft.content.startsWith('PEM_');
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Line
          {...part}
          field="path"
          label={isFolder ? 'Path of the folder' : 'Path of the file'}
          description={belowProject}
          placeholder={isFolder ? 'haproxy/keys' : 'gateway/jwks.json'}
        />
        <NativeSelect
          label="Layout"
          description="How a new version replaces the former one"
          value={draft.layout}
          error={errors.of('layout')}
          onChange={(event) => set({ layout: event.currentTarget.value })}
          data={[
            { value: 'RENAME', label: 'Each file is renamed' },
            { value: 'SYMLINK', label: 'A link is changed, as Kubernetes does' },
          ]}
        />
      </SimpleGrid>
      <AfterChangeFields {...part} />
      {draft.content === 'PKCS12' && part.withCredential && (
        <Secret {...part} field="password" label="Password of the keystore" />
      )}
    </>
  );
}

function AfterChangeFields(part: PartProps) {
  const { draft, set, errors } = part;
  return (
    <SimpleGrid cols={{ base: 1, sm: draft.afterChange === 'SIGNAL' ? 3 : 2 }}>
      <NativeSelect
        label="After a change"
        description="How the reader is notified"
        value={draft.afterChange}
        error={errors.of('afterChange')}
        onChange={(event) => set({ afterChange: unchecked(event.currentTarget.value) })}
        data={[
          { value: 'NONE', label: 'It watches the files itself' },
          { value: 'SIGNAL', label: 'A signal to its process' },
          { value: 'TOUCH', label: 'A file is touched' },
        ]}
      />
      {draft.afterChange === 'SIGNAL' && (
        <>
          <NativeSelect
            label="Signal"
            description="As the reader expects it"
            value={draft.signal}
            error={errors.of('signal')}
            onChange={(event) => set({ signal: event.currentTarget.value })}
            data={['SIGHUP', 'SIGUSR1', 'SIGUSR2']}
          />
          <Line
            {...part}
            field="pidFile"
            label="Pid file"
            description="Below the same folder"
            placeholder="nginx/nginx.pid"
          />
        </>
      )}
      {draft.afterChange === 'TOUCH' && (
        <Line
          {...part}
          field="touch"
          label="File to touch"
          description="Below the same folder"
          placeholder="java/changed"
        />
      )}
    </SimpleGrid>
  );
}

function EnvoyFields(part: PartProps) {
  const path = (
    <Line
      {...part}
      field="path"
      label="Path of the file"
      description={belowProject}
      placeholder="envoy/jwt.json"
    />
  );
  if (part.draft.content === 'TOKEN') {
    return (
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {path}
        <Line {...part} field="secretName" label="Name of the secret" description="As Envoy asks for it" />
      </SimpleGrid>
    );
  }
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {path}
        <Line
          {...part}
          field="resourceName"
          label="Name of the resource"
          description="As Envoy asks for it"
        />
      </SimpleGrid>
      <Textarea
        {...inputOf({
          ...part,
          field: 'providers',
          label: 'Providers',
          description:
            'The providers of jwt_authn, as a JSON object by name. One without a key source takes the keys',
          placeholder: '{ "orders": { "issuer": "https://issuer.example" } }',
        })}
        autosize
        minRows={3}
        classNames={{ input: 'mono' }}
      />
      <Textarea
        {...inputOf({
          ...part,
          field: 'rules',
          label: 'Rules',
          description:
            'The rules of jwt_authn, as a JSON list. Empty: every path requires a token of one of the providers',
          placeholder: '[{ "match": { "prefix": "/orders" }, "requires": { "provider_name": "orders" } }]',
          isOptional: true,
        })}
        autosize
        minRows={2}
        classNames={{ input: 'mono' }}
      />
    </>
  );
}

function VaultFields(part: PartProps) {
  return (
    <>
      <Line
        {...part}
        field="address"
        label="Address of the server"
        placeholder="https://vault.example:8200"
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Line {...part} field="mount" label="Mount of the engine" placeholder="secret" />
        <Line {...part} field="path" label="Path of the secret" placeholder="orders/keys" />
      </SimpleGrid>
      {part.withCredential && <LoginFields {...part} />}
      <Textarea
        {...inputOf({
          ...part,
          field: 'caPem',
          label: 'CA certificates of the server',
          description: 'PEM. Empty: those that the manager trusts',
          isOptional: true,
        })}
        autosize
        minRows={1}
        classNames={{ input: 'mono' }}
      />
    </>
  );
}

function LoginFields(part: PartProps) {
  const { draft, set, errors } = part;
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NativeSelect
          label="Log in with"
          value={draft.credentialType}
          error={errors.of('credentialType')}
          onChange={(event) => set({ credentialType: event.currentTarget.value })}
          data={[
            { value: 'APPROLE', label: 'AppRole' },
            { value: 'JWT', label: 'A token of a token profile' },
          ]}
        />
        <Line
          {...part}
          field="loginMount"
          label="Mount of the login"
          description="Empty: its usual name"
          isOptional
        />
      </SimpleGrid>
      {draft.credentialType === 'JWT' ? <JwtFields {...part} /> : <AppRoleFields {...part} />}
    </>
  );
}

function AppRoleFields(part: PartProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Secret {...part} field="roleId" label="Role ID" />
      <Secret {...part} field="secretId" label="Secret ID" />
    </SimpleGrid>
  );
}

function JwtFields(part: PartProps) {
  const { projectName, draft, set, errors } = part;
  const found = useQuery({
    queryKey: ['outlet-profiles', projectName],
    queryFn: () => keyplane.listTokenProfiles({ projectName, page: '1', size: '100', sort: 'name,asc' }),
  });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Line {...part} field="role" label="Role" />
      <NativeSelect
        label="Token profile"
        required
        value={draft.tokenProfileName}
        error={errors.of('tokenProfileName')}
        onChange={(event) => set({ tokenProfileName: event.currentTarget.value })}
        data={[
          { value: '', label: 'Choose a token profile', disabled: true },
          ...(found.data?.resultList ?? []).map(({ name }) => name),
        ]}
      />
    </SimpleGrid>
  );
}

function WebhookFields(part: PartProps) {
  const { draft, set, errors } = part;
  return (
    <>
      <Line {...part} field="url" label="URL" placeholder="https://receiver.example/keyplane" />
      <MultiSelect
        label="Events"
        description="A type, or all of a kind, such as keyring.*"
        required
        data={[...eventPatterns]}
        value={[...draft.events]}
        error={errors.of('events')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'Remove all events' }}
        onChange={(events) => set({ events })}
      />
      {part.withCredential && (
        <Secret
          {...part}
          field="secret"
          label="Secret"
          description="whsec_ and 24 to 64 random bytes in base64. It signs each event"
        />
      )}
    </>
  );
}
