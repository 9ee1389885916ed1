import { Button, Group, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { ErrorNote } from '../display/error-note.tsx';

/** Accepts the key of a node again that was removed, or whose token was revoked. It is no longer in the list. */
export function ReadmitNode({ environmentName }: { readonly environmentName: string }) {
  const [name, setName] = useState('');
  const readmit = useChange((nodeName: string) => keyplane.readmitNode({ environmentName, nodeName }));
  function submit(event: FormEvent) {
    event.preventDefault();
    readmit.mutate(name);
  }
  return (
    <details>
      <summary>Readmit a removed or revoked node</summary>
      <form onSubmit={submit}>
        <Group mt="xs" align="end">
          <TextInput
            label="Node to readmit"
            description="Its key is accepted again"
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={readmit.isPending}>
            Readmit
          </Button>
        </Group>
        <ErrorNote error={readmit.error} />
        {readmit.isSuccess && (
          <Text size="sm" role="status" mt="xs">
            The key of {readmit.variables} is accepted again. The node reconnects automatically while it runs.
          </Text>
        )}
      </form>
    </details>
  );
}
