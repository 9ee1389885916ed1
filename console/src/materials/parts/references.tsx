import { Anchor, List, Radio, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { projectPath } from '../../layout/project.ts';
import type { MaterialPages } from './material-kind.ts';

interface MaterialRef {
  readonly kind: MaterialPages;
  readonly projectName: string;
  readonly name: string;
}

/** The JWKs that were created from it, as far as the user may see them. */
export function useReferences({ kind, projectName, name }: MaterialRef) {
  return useQuery({
    queryKey: ['references', kind.page, projectName, name],
    queryFn: () => kind.references(projectName, name),
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

/** Which JWKs a replacement concerns, and whether they get the new material. */
export function FollowingChoice({
  material,
  value,
  onChange,
}: {
  readonly material: MaterialRef;
  readonly value: Following;
  readonly onChange: (value: Following) => void;
}) {
  const references = useReferences(material);
  const jwks = references.data?.resultList ?? [];
  return (
    <Stack gap="xs">
      {jwks.length === 0 ? (
        <Text size="sm">No JWK that you can see was created from this {material.kind.one}.</Text>
      ) : (
        <List size="sm">
          {jwks.map((jwk) => (
            <List.Item key={`${jwk.projectName} ${jwk.name}`}>{jwk.name}</List.Item>
          ))}
        </List>
      )}
      <Radio.Group
        label={`JWKs created from this ${material.kind.one}`}
        value={value}
        onChange={(chosen) => onChange(chosen === 'follow' ? 'follow' : 'detach')}
      >
        <Radio
          my={6}
          value="follow"
          label="Update and redeploy"
          description="They get the new key. If one of them cannot use it, nothing changes"
        />
        <Radio
          my={6}
          value="detach"
          label="Keep and detach"
          description={`They keep their current key and no longer follow this ${material.kind.one}`}
        />
      </Radio.Group>
    </Stack>
  );
}

export function followingQuery(value: Following) {
  return value === 'follow' ? ({ updateReferencedJwks: 'true', updateScope: 'SAME_PROJECT' } as const) : {};
}

const shownNames = 5;

/**
 * Replaces a material, and says what that did to the JWKs that were created from it: either all of them follow, or
 * nothing changes.
 */
export async function replaceMaterial<Answer>(
  { kind, projectName, name }: MaterialRef,
  following: Following,
  replace: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly detail: string | undefined }> {
  const { resultList } = await kind.references(projectName, name);
  const answer = await replace();
  return {
    answer,
    detail: replacementText(
      resultList.map((jwk) => jwk.name),
      following,
    ),
  };
}

function replacementText(names: readonly string[], following: Following): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length - shownNames;
  const listed = `${names.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const [jwks, were, keep] =
    names.length === 1
      ? ['1 JWK', 'was', 'keeps its key']
      : [`${names.length} JWKs`, 'were', 'keep their keys'];
  return following === 'follow'
    ? `${jwks} ${were} updated and redeployed: ${listed}`
    : `${jwks} ${were} detached and ${keep}: ${listed}`;
}
