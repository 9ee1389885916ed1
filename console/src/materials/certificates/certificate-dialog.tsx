import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Certificate } from '../../../../clients/typescript/src/index.ts';
import { keyplane } from '../../api/keyplane.ts';
import { useChange } from '../../api/use-change.ts';
import { resultOf } from '../../display/deployment-note.tsx';
import { errorText } from '../../display/error-note.tsx';
import { DescriptionField } from '../../display/form/description-field.tsx';
import { fieldErrors } from '../../display/form/field-errors.ts';
import { FileDrop } from '../../display/form/file-drop.tsx';
import { FormDialog } from '../../display/form/form-dialog.tsx';
import { NameField } from '../../display/form/name-field.tsx';
import { keepDeployment } from '../../display/last-deployment.ts';
import { WarningTexts } from '../../display/warning-texts.tsx';
import { EnvironmentChoice } from '../parts/environment-choice.tsx';
import { certificatePages } from '../parts/material-kind.ts';
import { fileAsPem } from '../parts/read-file.ts';
import { type Following, FollowingChoice, followingQuery, replaceMaterial } from '../parts/references.tsx';
import { FileCertificateChain } from './certificate-chain.tsx';

export type { Certificate };

const fields = [
  ['name', 'certificateName'],
  ['alias'],
  ['environments', 'environmentList'],
  ['description', 'certificateDescription'],
  ['file', 'pemEncodedFile'],
] as const;

interface CertificateDialogProps {
  readonly projectName: string;
  /** The one that is replaced; without it a new one is created. */
  readonly certificate?: Certificate;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

/** A certificate file, its name and its alias. The file is inspected before it can be stored. */
export function CertificateDialog({ projectName, certificate, onDone, onClose }: CertificateDialogProps) {
  const own = certificate?.certificateEnvironmentList ?? [];
  const [name, setName] = useState(certificate?.name ?? '');
  const [alias, setAlias] = useState(own[0]?.alias ?? '');
  const [description, setDescription] = useState(certificate?.description ?? '');
  const [environments, setEnvironments] = useState<readonly string[]>(
    own.map(({ environmentName }) => environmentName),
  );
  const [following, setFollowing] = useState<Following>('follow');
  const inspect = useMutation({ mutationFn: (file: File) => inspectFile(projectName, file) });
  const save = useSave({ projectName, certificate, onDone });
  const errors = fieldErrors(save.error, fields);
  return (
    <FormDialog
      title={certificate === undefined ? 'New certificate' : `Replace ${certificate.name}`}
      action={certificate === undefined ? 'Create and deploy' : 'Replace and deploy'}
      size="lg"
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() =>
        save.mutate({
          name,
          alias,
          description,
          environments,
          following,
          pem: inspect.data?.pem ?? '',
        })
      }
      onClose={onClose}
    >
      {certificate === undefined && <NameField value={name} error={errors.of('name')} onChange={setName} />}
      <FileDrop
        label="Certificate file"
        accept=".pem,.crt,.cer,.der,.cert"
        fileName={inspect.variables?.name}
        error={inspect.error ? errorText(inspect.error) : errors.of('file')}
        onFile={(file) => inspect.mutate(file)}
      />
      {inspect.data !== undefined && <FileCertificateChain chain={inspect.data.chain} />}
      <WarningTexts texts={inspect.data?.warnings} />
      <TextInput
        label="Alias"
        description="Unique among the certificates of each environment"
        required
        value={alias}
        error={errors.of('alias')}
        onChange={(event) => setAlias(event.currentTarget.value)}
      />
      <EnvironmentChoice
        projectName={projectName}
        value={environments}
        error={errors.of('environments')}
        onChange={setEnvironments}
      />
      <DescriptionField value={description} error={errors.of('description')} onChange={setDescription} />
      {certificate !== undefined && (
        <FollowingChoice
          material={{ kind: certificatePages, projectName, name: certificate.name }}
          value={following}
          onChange={setFollowing}
        />
      )}
    </FormDialog>
  );
}

interface CertificateFields {
  readonly name: string;
  readonly alias: string;
  readonly description: string;
  readonly environments: readonly string[];
  readonly pem: string;
  readonly following: Following;
}

function useSave({
  projectName,
  certificate,
  onDone,
}: Pick<CertificateDialogProps, 'projectName' | 'onDone'> & {
  readonly certificate: Certificate | undefined;
}) {
  const queries = useQueryClient();
  return useChange(
    async (given: CertificateFields) => {
      const body = {
        certificateName: given.name,
        alias: given.alias,
        certificateDescription: given.description,
        environmentList: given.environments.join(','),
        pemEncodedFile: new Blob([given.pem]),
      };
      if (certificate === undefined) {
        const answer = await keyplane.createCertificate({ projectName, body });
        return { answer, title: `${given.name} is stored`, detail: undefined };
      }
      const { name: certificateName } = certificate;
      const material = { kind: certificatePages, projectName, name: certificateName };
      const query = followingQuery(given.following);
      const replaced = await replaceMaterial(material, given.following, () =>
        keyplane.updateCertificate({ projectName, certificateName, body, ...query }),
      );
      return { ...replaced, title: `${certificateName} is replaced` };
    },
    ({ answer, title, detail }, { name }) => {
      const announcement = { title, detail, result: resultOf(answer) };
      keepDeployment(queries, ['certificates', projectName, name], announcement);
      onDone(name);
    },
  );
}

async function inspectFile(projectName: string, file: File) {
  const pem = await fileAsPem(file, 'CERTIFICATE');
  const answer = await keyplane.inspectCertificate({ projectName, body: { pemEncodedFile: pem } });
  return { pem, chain: answer.resultList, warnings: answer.warnings };
}
