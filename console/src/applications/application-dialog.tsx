import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { DescriptionField } from '../display/form/description-field.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { NameField } from '../display/form/name-field.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import { type Expiry, ExpiryField } from '../tokens/expiry-field.tsx';
import type { Application } from './application-words.tsx';
import {
  type CredentialDraft,
  CredentialsField,
  credentialDrafts,
  credentialsOf,
  defaultCredentials,
} from './credentials-field.tsx';
import { type GrantDraft, GrantsField, grantsOf } from './grants-field.tsx';
import { keepShownTokens } from './shown-token.ts';

const fields = [['description'], ['expiresAt'], ['credentials'], ['grants'], ['name']] as const;
const defaultDays = 90;

/** Creates an application, or edits the given one: everything except its name. */
export function ApplicationDialog({
  projectName,
  application,
  onDone,
  onClose,
}: {
  readonly projectName: string;
  readonly application?: Application;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [name, setName] = useState(application?.name ?? '');
  const [description, setDescription] = useState(application?.description ?? '');
  const [expiry, setExpiry] = useState<Expiry>(expiryOf(application?.expiresAt ?? null));
  const [credentials, setCredentials] = useState<readonly CredentialDraft[]>(
    application === undefined ? defaultCredentials : credentialDrafts(application.credentials),
  );
  const [grants, setGrants] = useState<readonly GrantDraft[]>(application?.grants ?? []);
  const [isDateMissing, setDateMissing] = useState(false);
  const change = {
    description,
    expiresAt: expiresAtOf(expiry),
    credentials: credentialsOf(credentials),
    grants: grantsOf(grants),
  };
  const body = { name, ...change, ...(description === '' && { description: undefined }) };
  const save = useChange(
    () =>
      application === undefined
        ? keyplane.createApplication({ projectName, body })
        : keyplane.updateApplication({ projectName, applicationName: application.name, body: change }),
    (answer) => {
      const saved = application?.name ?? name;
      if (answer.tokens !== undefined) {
        keepShownTokens(queries, { projectName, applicationName: saved }, answer.tokens);
      }
      keepDeployment(queries, ['applications', projectName, saved], {
        title: application === undefined ? `${saved} is created` : `${saved} is changed`,
        result: resultOf(answer),
      });
      onDone(saved);
    },
  );
  const errors = fieldErrors(save.error, fields);
  function submit() {
    const isMissing = expiry.kind === 'date' && expiry.at === '';
    setDateMissing(isMissing);
    if (!isMissing) save.mutate();
  }
  return (
    <FormDialog
      request={
        application === undefined
          ? { method: 'POST', path: apiPath(projectName, 'applications'), body }
          : { method: 'PUT', path: apiPath(projectName, 'applications', application.name), body: change }
      }
      title={application === undefined ? 'New application' : `Edit ${application.name}`}
      size="lg"
      action={application === undefined ? 'Create' : 'Save'}
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={submit}
      onClose={onClose}
    >
      {application === undefined && <NameField value={name} error={errors.of('name')} onChange={setName} />}
      <GrantsField
        projectName={projectName}
        value={grants}
        error={errors.of('grants')}
        onChange={setGrants}
      />
      <CredentialsField value={credentials} error={errors.of('credentials')} onChange={setCredentials} />
      <ExpiryField
        value={expiry}
        error={isDateMissing ? 'Choose a date and a time' : errors.of('expiresAt')}
        onChange={setExpiry}
      />
      <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
    </FormDialog>
  );
}

/** An application that has no date goes on until it is deleted, as in the API. */
function expiryOf(expiresAt: string | null): Expiry {
  return expiresAt === null ? { kind: 'never', at: '' } : { kind: 'date', at: expiresAt };
}

function expiresAtOf({ kind, at }: Expiry): string | null {
  switch (kind) {
    case 'default':
      return new Date(Date.now() + defaultDays * 86_400_000).toISOString();
    case 'date':
      return at;
    case 'never':
      return null;
    default:
      return kind satisfies never;
  }
}
