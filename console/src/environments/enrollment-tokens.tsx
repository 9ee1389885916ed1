import { Button, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { useChange } from '../api/use-change.ts';
import { ErrorNote } from '../display/error-note.tsx';
import { QueryView } from '../display/query-view.tsx';
import { Section } from '../display/section.tsx';
import { Instant } from '../display/time.tsx';

/** What lets nodes into an environment. Only names: a token is shown when it is made, and never again. */
export function EnrollmentTokens({ environmentName }: { readonly environmentName: string }) {
  const tokens = useQuery({
    queryKey: ['enrollment-tokens', environmentName],
    queryFn: () => keyplane.listEnrollmentTokens({ environmentName }),
  });
  const revoke = useChange((tokenId: string) => keyplane.deleteEnrollmentToken({ environmentName, tokenId }));
  return (
    <Section title="Enrollment tokens">
      <ErrorNote error={revoke.error} />
      <QueryView query={tokens}>
        {({ resultList }) =>
          resultList.length === 0 ? (
            <Text>None is valid: no new node can join. Nodes that joined before stay.</Text>
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">Name</Table.Th>
                  <Table.Th scope="col">Made</Table.Th>
                  <Table.Th scope="col">Expires</Table.Th>
                  <Table.Th scope="col">Nodes</Table.Th>
                  <Table.Th scope="col">Private keys</Table.Th>
                  <Table.Th scope="col">
                    <span className="visually-hidden">What can be done</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {resultList.map(
                  ({ id, name, createdAt, expiresAt, registeredNodes, maxNodes, privateKeys }) => (
                    <Table.Tr key={id}>
                      <Table.Td>{name ?? 'without a name'}</Table.Td>
                      <Table.Td>
                        <Instant at={createdAt} />
                      </Table.Td>
                      <Table.Td>{expiresAt === null ? 'never' : <Instant at={expiresAt} />}</Table.Td>
                      <Table.Td>
                        {maxNodes === null ? registeredNodes : `${registeredNodes} of ${maxNodes}`}
                      </Table.Td>
                      <Table.Td>{privateKeys ? 'yes' : 'no'}</Table.Td>
                      <Table.Td>
                        <Button
                          variant="default"
                          size="compact-sm"
                          aria-label={`Revoke ${name ?? 'the token without a name'}`}
                          loading={revoke.isPending && revoke.variables === id}
                          onClick={() => revoke.mutate(id)}
                        >
                          Revoke
                        </Button>
                      </Table.Td>
                    </Table.Tr>
                  ),
                )}
              </Table.Tbody>
            </Table>
          )
        }
      </QueryView>
      <Text size="sm" c="dimmed" mt="xs">
        Revoking one bars the nodes that joined with it and closes their streams within 5 seconds. They go on
        serving what they have.
      </Text>
    </Section>
  );
}
