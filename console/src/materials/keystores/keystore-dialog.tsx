import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Keystore, NewKeystore } from '../../../../clients/typescript/src/index.ts';
import { keyplane } from '../../api/keyplane.ts';
import { unchecked } from '../../api/unchecked.ts';
import { useChange } from '../../api/use-change.ts';
import { resultOf } from '../../display/deployment-note.tsx';
import { DescriptionField } from '../../display/form/description-field.tsx';
import { fieldErrors } from '../../display/form/field-errors.ts';
import { FormDialog } from '../../display/form/form-dialog.tsx';
import { NameField } from '../../display/form/name-field.tsx';
import { keepDeployment } from '../../display/last-deployment.ts';
import { keystorePages } from '../parts/material-kind.ts';
import { PerEnvironmentFields, usePerEnvironment } from '../parts/per-environment.tsx';
import { type Following, FollowingChoice, followingQuery, replaceMaterial } from '../parts/references.tsx';
import { KeystoreFileField, noKeystoreFile } from './keystore-file-field.tsx';

export type { Keystore };

const fields = [
  ['name'],
  [
    'environments',
    'keyStoreEnvironmentList',
    'environmentName',
    'file',
    'password',
    'keyPassword',
    'keyPasswords',
    'keyStoreType',
    'alias',
    'aliasName',
  ],
  ['description'],
] as const;

interface KeystoreDialogProps {
  readonly projectName: string;
  /** The one that is replaced; without it a new one is created. */
  readonly replaced?: Keystore;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

/** A keystore, the same in all environments or one for each. */
export function KeystoreDialog({ projectName, replaced, onDone, onClose }: KeystoreDialogProps) {
  const queries = useQueryClient();
  const [name, setName] = useState(replaced?.name ?? '');
  const [description, setDescription] = useState(replaced?.description ?? '');
  const [following, setFollowing] = useState<Following>('follow');
  const files = usePerEnvironment(
    (replaced?.keyStoreEnvironmentList ?? []).map(({ environmentName }) => environmentName),
    noKeystoreFile,
  );
  const save = useChange(
    async () => {
      const body = unchecked<NewKeystore>({
        name,
        keyStoreEnvironmentList: files.list(),
        ...(description !== '' && { description }),
      });
      if (replaced === undefined) {
        const answer = await keyplane.createKeystore({ projectName, body });
        return { answer, title: `${name} is stored`, detail: undefined };
      }
      const query = followingQuery(following);
      const done = await replaceMaterial({ kind: keystorePages, projectName, name }, following, () =>
        keyplane.updateKeystore({ projectName, keystoreName: name, body, ...query }),
      );
      return { ...done, title: `${name} is replaced` };
    },
    ({ answer, title, detail }) => {
      keepDeployment(queries, ['keystores', projectName, name], { title, detail, result: resultOf(answer) });
      onDone(name);
    },
  );
  const errors = fieldErrors(save.error, fields);
  return (
    <FormDialog
      title={replaced === undefined ? 'New keystore' : `Replace ${name}`}
      action={replaced === undefined ? 'Create and deploy' : 'Replace and deploy'}
      size="xl"
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {replaced === undefined && <NameField value={name} error={errors.of('name')} onChange={setName} />}
      <PerEnvironmentFields projectName={projectName} state={files} error={errors.of('environments')}>
        {(slot) => (
          <KeystoreFileField
            projectName={projectName}
            value={files.value(slot)}
            onChange={(change) => files.set(slot, change)}
          />
        )}
      </PerEnvironmentFields>
      <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
      {replaced !== undefined && (
        <FollowingChoice
          material={{ kind: keystorePages, projectName, name }}
          value={following}
          onChange={setFollowing}
        />
      )}
    </FormDialog>
  );
}
