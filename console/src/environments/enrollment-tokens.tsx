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
            <Text>None is valid: no new node can join, and those that had one can not come back.</Text>
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">Name</Table.Th>
                  <Table.Th scope="col">Made</Table.Th>
                  <Table.Th scope="col">
                    <span className="visually-hidden">What can be done</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {resultList.map(({ id, name, createdAt }) => (
                  <Table.Tr key={id}>
                    <Table.Td>{name ?? 'without a name'}</Table.Td>
                    <Table.Td>
                      <Instant at={createdAt} />
                    </Table.Td>
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
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </QueryView>
      <Text size="sm" c="dimmed" mt="xs">
        Revoking one closes the streams of the nodes that came with it within 5 seconds; they go on serving
        what they have.
      </Text>
    </Section>
  );
}
