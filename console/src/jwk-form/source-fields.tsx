import { Radio, SimpleGrid, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { DeploymentNote, type DeploymentResult } from '../display/deployment-note.tsx';
import { FileDrop } from '../display/form/file-drop.tsx';
import { type FoundFile, type MaterialFile, readFoundFile } from '../material-file/found-file.ts';
import { MaterialForm } from '../material-file/material-form.tsx';
import { mayIn } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';
import type { Draft, FormPartProps, FormSource } from './draft.ts';
import { GenerateFields } from './generate-fields.tsx';
import { KeyChoice } from './key-choice.tsx';
import { StoredFields } from './stored-fields.tsx';
import { UrlFields } from './url-fields.tsx';
import type { Inspection } from './use-inspection.ts';

const sources: readonly (readonly [FormSource, string, string])[] = [
  ['GENERATE', 'Generate', 'The manager makes a new key'],
  ['URL', 'URL', 'Fetched, and looked at again if you like'],
  ['COPY_PASTE', 'JWK or JWK Set', 'Pasted, or out of a file'],
  ['CERTIFICATE', 'Certificate', 'One of the project, or a file'],
  ['KEY', 'Key', 'One of the project, or a file'],
  ['KEYSTORE', 'Keystore', 'An entry of one of the project, or of a file'],
];

/** Anything that belonged to the source before is of no use to the next. */
const ofOneSource: Partial<Draft> = {
  materialName: '',
  environmentName: '',
  aliasName: '',
  kid: '',
  algorithm: '',
  useType: '',
};

export interface SourceFieldsProps extends FormPartProps {
  readonly inspection: Inspection;
  /** A JWK that is there already can not be generated anew: its new value comes from elsewhere. */
  readonly withGenerate: boolean;
}

/** Where the key comes from; a file says by its content what it is. */
export function SourceFields(props: SourceFieldsProps) {
  const { projectName, draft, set, withGenerate } = props;
  const session = useSignedIn();
  const mayCertify = mayIn(session, projectName, 'ROLE_MANAGE_PROXIES');
  const offered = sources.filter(
    ([source]) => (source !== 'GENERATE' || withGenerate) && (source !== 'CERTIFICATE' || mayCertify),
  );
  return (
    <Stack>
      <Radio.Group
        label="Source"
        value={draft.source}
        onChange={(source) => set({ ...ofOneSource, source: source as FormSource })}
      >
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} mt="xs">
          {offered.map(([value, label, description]) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </SimpleGrid>
      </Radio.Group>
      <DroppedFile {...props} />
      <FieldsOf {...props} />
      {draft.source !== 'GENERATE' && <KeyChoice {...props} />}
    </Stack>
  );
}

function FieldsOf(props: SourceFieldsProps) {
  const { draft, set, errorOf } = props;
  switch (draft.source) {
    case 'GENERATE':
      return <GenerateFields {...props} />;
    case 'URL':
      return <UrlFields {...props} />;
    case 'COPY_PASTE':
      return (
        <Textarea
          label="JWK or JWK Set"
          required
          autosize
          minRows={4}
          maxRows={14}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
          value={draft.jwkStr}
          error={errorOf('jwkStr')}
          onChange={(event) => set({ jwkStr: event.currentTarget.value, kid: '' })}
        />
      );
    case 'CERTIFICATE':
    case 'KEY':
    case 'KEYSTORE':
      return <StoredFields {...props} />;
    default:
      return draft.source satisfies never;
  }
}

function DroppedFile({ projectName, set }: SourceFieldsProps) {
  const [material, setMaterial] = useState<MaterialFile>();
  const [result, setResult] = useState<DeploymentResult>();
  const [problem, setProblem] = useState<string>();
  function take(found: FoundFile) {
    setResult(undefined);
    setMaterial(found.kind === 'JWK' ? undefined : found);
    if (found.kind === 'JWK') set({ ...ofOneSource, source: 'COPY_PASTE', jwkStr: found.text });
    else set({ ...ofOneSource, source: found.kind });
  }
  async function read(file: File) {
    setProblem(undefined);
    try {
      take(await readFoundFile(file));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }
  return (
    <>
      <FileDrop
        label="File: a JWK, JWK Set, certificate, key or keystore"
        fileName={material?.fileName}
        error={problem}
        onFile={read}
      />
      {material !== undefined && (
        <MaterialForm
          key={material.fileName}
          projectName={projectName}
          file={material}
          onDrop={() => setMaterial(undefined)}
          onStored={({ name, environmentName, deploymentResult }) => {
            // Another source may have been chosen meanwhile; this is what was asked for last.
            set({ ...ofOneSource, source: material.kind, materialName: name, environmentName });
            setResult(deploymentResult);
            setMaterial(undefined);
          }}
        />
      )}
      {result !== undefined && <DeploymentNote result={result} onClose={() => setResult(undefined)} />}
    </>
  );
}
