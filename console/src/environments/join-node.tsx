import { Alert, Button, Checkbox, Code, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { CopyButton } from '../display/copy-button.tsx';
import { ErrorNote } from '../display/error-note.tsx';
import { fieldErrors } from '../display/form/field-errors.ts';
import { MomentField } from '../display/form/moment-field.tsx';
import { Section } from '../display/section.tsx';
import { Status } from '../display/status.tsx';
import { nodeStatuses } from '../display/status-words.ts';
import { useSignedIn } from '../session/session-context.ts';
import { type JoiningNode, joinCommand } from './join-command.ts';

const fields = [['name'], ['expiresAt'], ['maxNodes']] as const;
const watchMs = 1_000;

/** Creates an enrollment token and the command that starts a node with it, and shows when the node connects. */
export function JoinNode({ environmentName }: { readonly environmentName: string }) {
  const [name, setName] = useState('node-1');
  const [port, setPort] = useState('8081');
  const [dataDir, setDataDir] = useState('./data/node-1');
  const [expiresAt, setExpiresAt] = useState('');
  const [maxNodes, setMaxNodes] = useState('');
  const [privateKeys, setPrivateKeys] = useState(false);
  const create = useChange((node: JoiningNode) =>
    keyplane
      .createEnrollmentToken({
        environmentName,
        body: {
          name: `for ${node.name}`.replaceAll(' ', '-'),
          privateKeys,
          ...(expiresAt !== '' && { expiresAt }),
          ...(maxNodes !== '' && { maxNodes: Number(maxNodes) }),
        },
      })
      .then(({ token }) => ({ node, token })),
  );
  const errors = fieldErrors(create.error, fields);
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate({ manager: location.origin, environment: environmentName, name, port, dataDir });
  }
  return (
    <Section
      title="Join a node"
      description="Creates an enrollment token and the command that starts a node with it."
    >
      <form onSubmit={submit}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              label="Name of the node"
              required
              value={name}
              error={errors.of('name')}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label="Port"
              required
              inputMode="numeric"
              value={port}
              onChange={(event) => setPort(event.currentTarget.value)}
            />
            <TextInput
              label="Data directory"
              required
              value={dataDir}
              onChange={(event) => setDataDir(event.currentTarget.value)}
            />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <MomentField
              label="Token expires"
              description="Empty: valid until it is revoked"
              value={expiresAt}
              error={errors.of('expiresAt')}
              onChange={setExpiresAt}
            />
            <TextInput
              type="number"
              min={1}
              label="Maximum number of nodes"
              description="That join with the token. Empty: any number"
              value={maxNodes}
              error={errors.of('maxNodes')}
              onChange={(event) => setMaxNodes(event.currentTarget.value)}
            />
          </SimpleGrid>
          <Checkbox
            label="Send private keys and keystores to the node, and not only public parts"
            checked={privateKeys}
            onChange={(event) => setPrivateKeys(event.currentTarget.checked)}
          />
          <ErrorNote error={errors.rest} />
          <Group>
            <Button type="submit" loading={create.isPending}>
              Get the command
            </Button>
          </Group>
        </Stack>
      </form>
      {create.data !== undefined && <Joining {...create.data} environmentName={environmentName} />}
    </Section>
  );
}

function Joining({
  node,
  token,
  environmentName,
}: {
  readonly node: JoiningNode;
  readonly token: string;
  readonly environmentName: string;
}) {
  const { cliCommand } = useSignedIn();
  const command = joinCommand(node, token, cliCommand);
  return (
    <Stack mt="md" gap="sm">
      <Text>
        Run this on the node’s host. The token in it is shown this once. Nodes can join the environment with
        it until it is revoked, expires or has been used that many times.
      </Text>
      <Code block tabIndex={0} aria-label="Command that starts the node" data-testid="join-command">
        {command}
      </Code>
      <Group>
        <CopyButton value={command} label="Copy the command" />
        <CopyButton value={token} label="Copy only the token" />
      </Group>
      <Arrival environmentName={environmentName} name={node.name} />
    </Stack>
  );
}

function Arrival({ environmentName, name }: { readonly environmentName: string; readonly name: string }) {
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => keyplane.getOverview(),
    refetchInterval: watchMs,
  });
  const environment = overview.data?.environments.find((one) => one.name === environmentName);
  const node = environment?.nodes.find((one) => one.name === name);
  return (
    <Alert role="status" variant="outline" color={node?.connected ? 'green' : 'gray'}>
      {node?.connected ? (
        <>
          {name} is connected: <Status of={nodeStatuses[node.state]} /> at revision {node.appliedRevision} of{' '}
          {environment?.revision}
        </>
      ) : (
        `Waiting for ${name} to connect…`
      )}
    </Alert>
  );
}
