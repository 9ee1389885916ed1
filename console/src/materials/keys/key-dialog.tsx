import { NativeSelect } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Key, NewKey } from '../../../../clients/typescript/src/index.ts';
import { keyplane } from '../../api/keyplane.ts';
import { unchecked } from '../../api/unchecked.ts';
import { useChange } from '../../api/use-change.ts';
import { resultOf } from '../../display/deployment-note.tsx';
import { DescriptionField } from '../../display/form/description-field.tsx';
import { fieldErrors } from '../../display/form/field-errors.ts';
import { FormDialog } from '../../display/form/form-dialog.tsx';
import { NameField } from '../../display/form/name-field.tsx';
import { keepDeployment } from '../parts/last-deployment.ts';
import { keyNoun } from '../parts/material-noun.ts';
import { PerEnvironmentFields, usePerEnvironment } from '../parts/per-environment.tsx';
import { type Following, FollowingChoice, followingQuery } from '../parts/references.tsx';
import { KeyContentField, noKeyContent } from './key-content-field.tsx';

export type { Key };

const fields = [
  ['name'],
  ['keyType'],
  ['algorithm'],
  ['environments', 'cryptoKeyInfoEnvironmentList', 'environmentName', 'content', 'passphrase', 'alias'],
  ['description'],
] as const;

const keyTypes = [
  { value: 'PRIVATE_KEY', label: 'Private key' },
  { value: 'PUBLIC_KEY', label: 'Public key' },
  { value: 'SECRET_KEY', label: 'Secret key' },
];
const algorithms = ['AES', 'DES', 'DESede', 'RSA'];

interface KeyDialogProps {
  readonly projectName: string;
  /** What is replaced; without it a new one is made. */
  readonly replaced?: Key;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

/** A key, the same in all environments or one for each. */
export function KeyDialog({ projectName, replaced, onDone, onClose }: KeyDialogProps) {
  const queries = useQueryClient();
  const [name, setName] = useState(replaced?.name ?? '');
  const [description, setDescription] = useState(replaced?.description ?? '');
  const [keyType, setKeyType] = useState<string>(replaced?.keyType ?? 'PRIVATE_KEY');
  const [algorithm, setAlgorithm] = useState(replaced?.algorithm ?? 'AES');
  const [following, setFollowing] = useState<Following>('follow');
  const secret = keyType === 'SECRET_KEY';
  const materials = usePerEnvironment(
    (replaced?.cryptoKeyInfoEnvironmentList ?? []).map(({ environmentName }) => environmentName),
    noKeyContent,
  );
  const save = useChange(
    () => {
      const body = unchecked<NewKey>({
        ...{ name, keyType, cryptoKeyInfoEnvironmentList: materials.list() },
        ...(description !== '' && { description }),
        ...(secret && { algorithm }),
      });
      if (replaced === undefined) return keyplane.createKey({ projectName, body });
      return keyplane.updateKey({ projectName, keyName: name, body, ...followingQuery(following) });
    },
    (answer) => {
      keepDeployment(queries, ['keys', projectName, name], resultOf(answer));
      onDone(name);
    },
  );
  const errors = fieldErrors(save.error, fields);
  return (
    <FormDialog
      title={replaced === undefined ? 'New key' : `Replace ${name}`}
      action={replaced === undefined ? 'Create and deploy' : 'Replace and deploy'}
      size="lg"
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {replaced === undefined && <NameField value={name} error={errors.of('name')} onChange={setName} />}
      <KindOfKey
        {...{ keyType, algorithm, setKeyType, setAlgorithm }}
        errors={{ keyType: errors.of('keyType'), algorithm: errors.of('algorithm') }}
      />
      <PerEnvironmentFields projectName={projectName} state={materials} error={errors.of('environments')}>
        {(place) => (
          <KeyContentField
            projectName={projectName}
            secret={secret}
            value={materials.value(place)}
            onChange={(change) => materials.set(place, change)}
            onFacts={(facts) => setKeyType(facts.keyType)}
          />
        )}
      </PerEnvironmentFields>
      <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
      {replaced !== undefined && (
        <FollowingChoice
          place={{ noun: keyNoun, projectName, name }}
          value={following}
          onChange={setFollowing}
        />
      )}
    </FormDialog>
  );
}

function KindOfKey({
  keyType,
  algorithm,
  setKeyType,
  setAlgorithm,
  errors,
}: {
  readonly keyType: string;
  readonly algorithm: string;
  readonly setKeyType: (keyType: string) => void;
  readonly setAlgorithm: (algorithm: string) => void;
  readonly errors: Readonly<Record<'keyType' | 'algorithm', string | undefined>>;
}) {
  return (
    <>
      <NativeSelect
        label="Kind of key"
        data={keyTypes}
        value={keyType}
        error={errors.keyType}
        onChange={(event) => setKeyType(event.currentTarget.value)}
      />
      {keyType === 'SECRET_KEY' && (
        <NativeSelect
          label="Algorithm"
          data={algorithms}
          value={algorithm}
          error={errors.algorithm}
          onChange={(event) => setAlgorithm(event.currentTarget.value)}
        />
      )}
    </>
  );
}
