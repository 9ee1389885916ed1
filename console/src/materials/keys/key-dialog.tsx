import { NativeSelect } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Key, NewKey, NewSecretKey } from '../../../../clients/typescript/src/index.ts';
import { keyplane } from '../../api/keyplane.ts';
import { unchecked } from '../../api/unchecked.ts';
import { useChange } from '../../api/use-change.ts';
import { resultOf } from '../../display/deployment-note.tsx';
import { DescriptionField } from '../../display/form/description-field.tsx';
import { fieldErrors } from '../../display/form/field-errors.ts';
import { FormDialog } from '../../display/form/form-dialog.tsx';
import { NameField } from '../../display/form/name-field.tsx';
import { keepDeployment } from '../../display/last-deployment.ts';
import { keyPages } from '../parts/material-kind.ts';
import { PerEnvironmentFields, usePerEnvironment } from '../parts/per-environment.tsx';
import { type Following, FollowingChoice, followingQuery, replaceMaterial } from '../parts/references.tsx';
import { KeyContentField, noKeyContent } from './key-content-field.tsx';

export type { Key };

const fields = [
  ['name'],
  ['keyType'],
  ['algorithm'],
  ['environments', 'cryptoKeyInfoEnvironmentList', 'environmentName', 'content', 'passphrase', 'alias'],
  ['description'],
] as const;

const keyTypes = {
  PRIVATE_KEY: 'Private key',
  PUBLIC_KEY: 'Public key',
  SECRET_KEY: 'Secret key',
} as const satisfies Record<Key['keyType'], string>;

/** By the API's name, which is that of Java. */
const algorithms = {
  AES: 'AES',
  DES: 'DES',
  DESede: 'DESede (triple DES)',
  RSA: 'RSA',
} as const satisfies Record<NewSecretKey['algorithm'], string>;

const optionsOf = (texts: Readonly<Record<string, string>>) =>
  Object.entries(texts).map(([value, label]) => ({ value, label }));

interface KeyDialogProps {
  readonly projectName: string;
  /** The one that is replaced; without it a new one is created. */
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
    async () => {
      const body = unchecked<NewKey>({
        name,
        keyType,
        cryptoKeyInfoEnvironmentList: materials.list(),
        ...(description !== '' && { description }),
        ...(secret && { algorithm }),
      });
      if (replaced === undefined) {
        const answer = await keyplane.createKey({ projectName, body });
        return { answer, title: `${name} is stored`, detail: undefined };
      }
      const done = await replaceMaterial({ kind: keyPages, projectName, name }, following, () =>
        keyplane.updateKey({ projectName, keyName: name, body, ...followingQuery(following) }),
      );
      return { ...done, title: `${name} is replaced` };
    },
    ({ answer, title, detail }) => {
      keepDeployment(queries, ['keys', projectName, name], { title, detail, result: resultOf(answer) });
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
        keyType={keyType}
        algorithm={algorithm}
        setKeyType={setKeyType}
        setAlgorithm={setAlgorithm}
        errors={{ keyType: errors.of('keyType'), algorithm: errors.of('algorithm') }}
      />
      <PerEnvironmentFields projectName={projectName} state={materials} error={errors.of('environments')}>
        {(slot) => (
          <KeyContentField
            projectName={projectName}
            secret={secret}
            value={materials.value(slot)}
            onChange={(change) => materials.set(slot, change)}
            onFacts={(facts) => setKeyType(facts.keyType)}
          />
        )}
      </PerEnvironmentFields>
      <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
      {replaced !== undefined && (
        <FollowingChoice
          material={{ kind: keyPages, projectName, name }}
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
        data={optionsOf(keyTypes)}
        value={keyType}
        error={errors.keyType}
        onChange={(event) => setKeyType(event.currentTarget.value)}
      />
      {keyType === 'SECRET_KEY' && (
        <NativeSelect
          label="Algorithm"
          data={optionsOf(algorithms)}
          value={algorithm}
          error={errors.algorithm}
          onChange={(event) => setAlgorithm(event.currentTarget.value)}
        />
      )}
    </>
  );
}
