import { Anchor, List, Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { projectPath } from '../../layout/project.ts';
import type { MaterialNoun } from './material-noun.ts';

interface Place {
  readonly noun: MaterialNoun;
  readonly projectName: string;
  readonly name: string;
}

/** The JWKs that were made from something; those that the caller may see. */
export function useReferences({ noun, projectName, name }: Place) {
  return useQuery({
    queryKey: ['references', noun.page, projectName, name],
    queryFn: () => noun.references(projectName, name),
  });
}

export function JwkLink({ projectName, name }: { readonly projectName: string; readonly name: string }) {
  return (
    <Anchor component={Link} href={projectPath(projectName, 'jwks', name)}>
      {name}
    </Anchor>
  );
}

export type Following = 'follow' | 'detach';

/** Which JWKs a replacement concerns, and what is to become of them. */
export function FollowingChoice({
  place,
  value,
  onChange,
}: {
  readonly place: Place;
  readonly value: Following;
  readonly onChange: (value: Following) => void;
}) {
  const references = useReferences(place);
  const jwks = references.data?.resultList ?? [];
  return (
    <Stack gap="xs">
      {jwks.length === 0 ? (
        <Text size="sm">No JWK that you may see was made from it.</Text>
      ) : (
        <>
          <Text size="sm">JWKs that were made from it:</Text>
          <List size="sm">
            {jwks.map((jwk) => (
              <List.Item key={`${jwk.projectName} ${jwk.name}`}>{jwk.name}</List.Item>
            ))}
          </List>
        </>
      )}
      <Radio.Group
        label="What becomes of them"
        value={value}
        onChange={(chosen) => onChange(chosen === 'follow' ? 'follow' : 'detach')}
      >
        <Radio
          my={6}
          value="follow"
          label="They get the new material"
          description="All are deployed with it. If one can not take it, nothing is changed"
        />
        <Radio
          my={6}
          value="detach"
          label="They stay as they are"
          description="They keep their keys and no longer belong to it"
        />
      </Radio.Group>
    </Stack>
  );
}

export function followingQuery(value: Following) {
  return value === 'follow' ? ({ updateReferencedJwks: 'true', updateScope: 'SAME_PROJECT' } as const) : {};
}
