import { Alert, Radio, SimpleGrid, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FileDrop } from '../display/form/file-drop.tsx';
import { type FoundFile, type MaterialFile, readFoundFile } from '../material-file/found-file.ts';
import { MaterialForm, materialWords, type SavedMaterial } from '../material-file/material-form.tsx';
import { mayIn } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';
import { type FormPartProps, ofOneSource, type SetDraft } from './draft.ts';
import { type FormSource, formSourceRows, formSources, isStoredSource } from './form-sources.ts';
import { GenerateFields } from './generate-fields.tsx';
import { KeyChoice } from './key-choice.tsx';
import { StoredFields } from './stored-fields.tsx';
import { UrlFields } from './url-fields.tsx';
import type { Inspection } from './use-inspection.ts';

export interface SourceFieldsProps extends FormPartProps {
  readonly inspection: Inspection;
  readonly file: FileState;
  /** False for a JWK that exists: its new value comes from another source. */
  readonly withGenerate: boolean;
}

/** Where the key comes from. A file switches the form to the source that its content belongs to. */
export function SourceFields(props: SourceFieldsProps) {
  const { draft, set, withGenerate, file } = props;
  const mayCertify = mayIn(useSignedIn(), props.projectName, 'ROLE_MANAGE_PROXIES');
  const offered = formSources.filter(
    (source) => (source !== 'GENERATE' || withGenerate) && (source !== 'CERTIFICATE' || mayCertify),
  );
  return (
    <Stack>
      <Radio.Group
        label="Source"
        value={draft.source}
        onChange={(source) => {
          file.discard();
          set({ ...ofOneSource, source: source as FormSource });
        }}
      >
        <SimpleGrid cols={{ base: 2, md: 3 }} spacing="xs" mt="xs">
          {offered.map((source) => (
            <Radio
              key={source}
              value={source}
              label={formSourceRows[source].label}
              description={formSourceRows[source].hint}
              classNames={{ root: 'source-card' }}
            />
          ))}
        </SimpleGrid>
      </Radio.Group>
      <FieldsOf {...props} />
      {draft.source !== 'GENERATE' && file.material === undefined && <KeyChoice {...props} />}
    </Stack>
  );
}

export interface FileState {
  /** A file that is not stored yet. */
  readonly material: MaterialFile | undefined;
  readonly stored: (SavedMaterial & { readonly kind: MaterialFile['kind'] }) | undefined;
  readonly problem: string | undefined;
  read(file: File): Promise<void>;
  keep(stored: SavedMaterial): void;
  discard(): void;
}

/** A file that was dropped, until it is stored or discarded. */
export function useFile(set: SetDraft): FileState {
  const [material, setMaterial] = useState<MaterialFile>();
  const [stored, setStored] = useState<FileState['stored']>();
  const [problem, setProblem] = useState<string>();
  function discard() {
    setMaterial(undefined);
    setStored(undefined);
    setProblem(undefined);
  }
  function take(found: FoundFile) {
    if (found.kind === 'JWK') return set({ ...ofOneSource, source: 'COPY_PASTE', jwkStr: found.text });
    setMaterial(found);
    set({ ...ofOneSource, source: found.kind });
  }
  return {
    material,
    stored,
    problem,
    discard,
    async read(file) {
      discard();
      try {
        take(await readFoundFile(file));
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    },
    keep(answer) {
      if (material === undefined) return;
      const { name, environmentName } = answer;
      set({ ...ofOneSource, source: material.kind, materialName: name, environmentName });
      setStored({ ...answer, kind: material.kind });
      setMaterial(undefined);
    },
  };
}

function FieldsOf(props: SourceFieldsProps) {
  const { draft, set, errorOf, file } = props;
  switch (draft.source) {
    case 'GENERATE':
      return <GenerateFields {...props} />;
    case 'URL':
      return <UrlFields {...props} />;
    case 'COPY_PASTE':
      return (
        <>
          <Textarea
            label="JWK or JWK Set as JSON"
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
          <FileDrop label="Or upload a file" error={file.problem} onFile={file.read} />
        </>
      );
    case 'CERTIFICATE':
    case 'KEY':
    case 'KEYSTORE':
      return <StoredOrFile {...props} />;
    default:
      return draft.source satisfies never;
  }
}

/** Material that the project has, or a file that is stored in it first. */
function StoredOrFile(props: SourceFieldsProps) {
  const { projectName, draft, file } = props;
  if (!isStoredSource(draft.source)) return null;
  if (file.material !== undefined) {
    return (
      <MaterialForm
        key={file.material.fileName}
        projectName={projectName}
        file={file.material}
        onDiscard={file.discard}
        onStored={file.keep}
      />
    );
  }
  return (
    <>
      {file.stored !== undefined && <StoredNote {...file.stored} />}
      <StoredFields {...props} />
      <FileDrop
        label={`Or upload a ${materialWords[draft.source]} file`}
        error={file.problem}
        onFile={file.read}
      />
    </>
  );
}

/** The material is stored; the JWK does not exist yet. */
function StoredNote({ kind, name, deploymentResult }: NonNullable<FileState['stored']>) {
  const environments = deploymentResult.environmentResults;
  return (
    <Alert
      role="status"
      variant="outline"
      color={deploymentResult.success ? 'green' : 'orange'}
      title={`Step 1 of 2 done: ${materialWords[kind]} ${name} is stored`}
    >
      <Stack gap={4}>
        {environments.map(({ environmentName, message }) => (
          <Text key={environmentName} size="sm">
            <strong>{environmentName}</strong>: {message}
          </Text>
        ))}
        <Text size="sm">The JWK does not exist yet. Fill in the rest, then create it.</Text>
      </Stack>
    </Alert>
  );
}
