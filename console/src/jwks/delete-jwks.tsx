import { List, Text } from '@mantine/core';
import { useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { errorText } from '../display/error-note.tsx';
import { ConfirmByName } from '../display/form/confirm-by-name.tsx';

/** Requests that are open at once: nodes answer each, so one after the other takes long, and all at once is too much. */
const atOnce = 5;
const mostListed = 10;

/** Deletes several JWKs. Those that cannot be deleted are named; the others are deleted all the same. */
export function DeleteJwks({
  projectName,
  names,
  onDone,
  onClose,
}: {
  readonly projectName: string;
  readonly names: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [done, setDone] = useState(0);
  const remove = useChange(async () => {
    setDone(0);
    const failures: string[] = [];
    for (let first = 0; first < names.length; first += atOnce) {
      const some = names.slice(first, first + atOnce);
      const results = await Promise.allSettled(
        some.map((jwkName) => keyplane.deleteJwk({ projectName, jwkName })),
      );
      for (const [index, result] of results.entries()) {
        if (result.status === 'rejected') failures.push(`${some[index]}: ${errorText(result.reason)}`);
      }
      setDone(first + some.length);
    }
    if (failures.length > 0) throw new Error(`Not deleted: ${failures.join(' ')}`);
  }, onDone);
  const phrase = `delete ${names.length} ${names.length === 1 ? 'JWK' : 'JWKs'}`;
  return (
    <ConfirmByName
      title={`Delete ${names.length} ${names.length === 1 ? 'JWK' : 'JWKs'}`}
      name={phrase}
      action={`Delete ${names.length === 1 ? 'the JWK' : `${names.length} JWKs`}`}
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Text>
        They are undeployed from every node and deleted with their keys. What they signed can no longer be
        verified, and what was encrypted for them can no longer be read.
      </Text>
      <List size="sm">
        {names.slice(0, mostListed).map((name) => (
          <List.Item key={name}>{name}</List.Item>
        ))}
        {names.length > mostListed && <List.Item>and {names.length - mostListed} more</List.Item>}
      </List>
      {remove.isPending && (
        <Text size="sm" role="status">
          {done} of {names.length} deleted
        </Text>
      )}
    </ConfirmByName>
  );
}
