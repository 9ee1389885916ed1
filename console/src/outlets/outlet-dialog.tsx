import { NativeSelect } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OutletKind } from '../../../clients/typescript/src/index.ts';
import { outletKindOptions } from '../../../src/outlets/kinds/outlet-kind-options.ts';
import { keyplane } from '../api/keyplane.ts';
import { unchecked } from '../api/unchecked.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { NameField } from '../display/form/name-field.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import { kindOption } from './kind-option.ts';
import { contentNames, newOutletDraft, type OutletDraft, withContent } from './outlet-draft.ts';
import { type PartProps, shownFields } from './outlet-fields.ts';
import { outletBodyOf } from './outlet-request.ts';
import { contentTexts } from './outlet-words.ts';
import { PlacementFields } from './placement-fields.tsx';
import { OutletSourceField } from './source-field.tsx';
import { TargetFields } from './target-fields.tsx';

/** Creates an outlet: its kind first, then what that kind takes. */
export function OutletDialog({
  projectName,
  onDone,
  onClose,
}: {
  readonly projectName: string;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState<OutletDraft>(newOutletDraft);
  const set = (changes: Partial<OutletDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const body = outletBodyOf(draft);
  const save = useChange(
    () => keyplane.createOutlet({ projectName, body }),
    (answer) => {
      keepDeployment(queries, ['outlets', projectName, draft.name], {
        title: `${draft.name} is created`,
        result: resultOf(answer),
      });
      onDone(draft.name);
    },
  );
  const errors = fieldErrors(save.error, shownFields(draft));
  function choose(kind: OutletKind) {
    const [content = draft.content] = contentNames(kind);
    save.reset();
    setDraft((now) => withContent(now, kind, content));
  }
  return (
    <FormDialog
      title="New outlet"
      size="lg"
      action="Create"
      {...(draft.kind !== '' && {
        request: { method: 'POST', path: apiPath(projectName, 'outlets'), body },
      })}
      error={errors.rest}
      isPending={save.isPending}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <NativeSelect
        label="Kind"
        description="It cannot be changed later"
        required
        data-autofocus
        value={draft.kind}
        error={errors.of('kind')}
        onChange={(event) => choose(unchecked(event.currentTarget.value))}
        data={[
          { value: '', label: 'Choose a kind', disabled: true },
          ...outletKindOptions.map(({ name, title }) => ({ value: name, label: title })),
        ]}
      />
      {draft.kind !== '' && (
        <KindFields
          projectName={projectName}
          draft={draft}
          set={set}
          errors={errors}
          withCredential
          kind={draft.kind}
          onContent={(changed) => setDraft(changed)}
        />
      )}
    </FormDialog>
  );
}

function KindFields({
  kind,
  onContent,
  ...part
}: PartProps & { readonly kind: OutletKind; readonly onContent: (draft: OutletDraft) => void }) {
  const { draft, set, errors } = part;
  return (
    <>
      <NameField value={draft.name} error={errors.of('name')} onChange={(name) => set({ name })} />
      {kindOption(kind).delivers === 'KEYS' && (
        <>
          <NativeSelect
            label="Content"
            required
            value={draft.content}
            error={errors.of('content')}
            onChange={(event) => onContent(withContent(draft, kind, unchecked(event.currentTarget.value)))}
            data={contentNames(kind).map((value) => ({ value, label: contentTexts[value] }))}
          />
          <OutletSourceField {...part} />
        </>
      )}
      <TargetFields {...part} />
      <PlacementFields {...part} />
    </>
  );
}
