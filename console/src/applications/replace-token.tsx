import { NativeSelect, Radio, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { apiPath } from '../curl/curl-command.ts';
import { resultOf } from '../display/deployment-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { FormDialog } from '../display/form/form-dialog.tsx';
import { keepDeployment } from '../display/last-deployment.ts';
import { isoOf, policyUnits, type Quantity } from '../quantity/quantity.ts';
import { QuantityField } from '../quantity/quantity-field.tsx';
import type { ApplicationRef } from './application-words.tsx';
import { keepShownTokens } from './shown-token.ts';

/** Makes a new token; the former one ends at once, or a while later. */
export function ReplaceToken({
  appRef,
  names,
  onClose,
}: {
  readonly appRef: ApplicationRef;
  /** Of its TOKEN credentials. */
  readonly names: readonly string[];
  readonly onClose: () => void;
}) {
  const { projectName, applicationName } = appRef;
  const queries = useQueryClient();
  const [overlaps, setOverlaps] = useState(true);
  const [overlap, setOverlap] = useState<Quantity>({ amount: '1', unit: 'h' });
  const [credentialName, setCredentialName] = useState(names[0] ?? '');
  const body = { credentialName, ...(overlaps && { overlap: isoOf(overlap) }) };
  const replace = useChange(
    () => keyplane.replaceApplicationToken({ ...appRef, body }),
    (answer) => {
      if (answer.tokens !== undefined) keepShownTokens(queries, appRef, answer.tokens);
      keepDeployment(queries, ['applications', projectName, applicationName], {
        title: 'The token is replaced',
        result: resultOf(answer),
      });
      onClose();
    },
  );
  const errors = fieldErrors(replace.error, [['overlap']]);
  return (
    <FormDialog
      request={{
        method: 'POST',
        path: `${apiPath(projectName, 'applications', applicationName)}token`,
        body,
      }}
      title={`Replace the token of ${applicationName}`}
      action="Replace"
      error={errors.rest}
      isPending={replace.isPending}
      onSubmit={() => replace.mutate()}
      onClose={onClose}
    >
      <Text size="sm">The new token is shown once.</Text>
      {names.length > 1 && (
        <NativeSelect
          label="Which token"
          value={credentialName}
          onChange={(event) => setCredentialName(event.currentTarget.value)}
          data={[...names]}
        />
      )}
      <Radio.Group
        label="The former token"
        value={overlaps ? 'overlap' : 'at-once'}
        onChange={(value) => setOverlaps(value === 'overlap')}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="overlap"
            label="Stays valid for a while"
            description="To give the new one to the application"
          />
          <Radio value="at-once" label="Ends at once" description="If someone else may have it" />
        </Stack>
      </Radio.Group>
      {overlaps && (
        <QuantityField
          label="Valid for"
          units={policyUnits}
          value={overlap}
          error={errors.of('overlap')}
          onChange={setOverlap}
        />
      )}
    </FormDialog>
  );
}
