import { NativeSelect, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { ErrorNote } from '../display/error-note.tsx';
import type { Draft, FormPartProps } from './draft.ts';
import { formSourceRows, type StoredFormSource } from './form-sources.ts';

interface StoredMaterial {
  readonly name: string;
  readonly environments: readonly string[];
  readonly keyType?: string;
}

async function storedMaterials(source: StoredFormSource, projectName: string): Promise<StoredMaterial[]> {
  const namesOf = (list: readonly { readonly environmentName: string }[]) =>
    list.map(({ environmentName }) => environmentName);
  switch (source) {
    case 'CERTIFICATE': {
      const { resultList } = await keyplane.listCertificates({ projectName });
      return resultList.map((one) => ({
        name: one.name,
        environments: namesOf(one.certificateEnvironmentList),
      }));
    }
    case 'KEYSTORE': {
      const { resultList } = await keyplane.listKeystores({ projectName });
      return resultList.map((one) => ({
        name: one.name,
        environments: namesOf(one.keyStoreEnvironmentList),
      }));
    }
    case 'KEY': {
      const { resultList } = await keyplane.listKeys({ projectName });
      return resultList.map((one) => ({
        name: one.name,
        environments: namesOf(one.cryptoKeyInfoEnvironmentList),
        keyType: one.keyType,
      }));
    }
    default:
      return source satisfies never;
  }
}

/** A certificate, key or keystore of the project, and the environment whose material is taken. */
export function StoredFields({ projectName, draft, set, errorOf }: FormPartProps) {
  const source = draft.source as StoredFormSource;
  const found = useQuery({
    queryKey: ['materials-to-choose', projectName, source],
    queryFn: () => storedMaterials(source, projectName),
  });
  const materials = found.data ?? [];
  const chosen = materials.find(({ name }) => name === draft.materialName);
  const isEmpty = found.data?.length === 0;
  return (
    <Stack>
      <ErrorNote error={found.error} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NativeSelect
          label={formSourceRows[source].label}
          required
          description={isEmpty ? 'This project has none yet: upload a file' : undefined}
          value={draft.materialName}
          error={errorOf('materialName')}
          onChange={(event) => set(choice(materials, event.currentTarget.value))}
          data={options(materials.map(({ name }) => name))}
        />
        <NativeSelect
          label="Environment"
          required
          description={isEmpty ? 'Whose file is taken' : undefined}
          value={draft.environmentName}
          error={errorOf('environmentName')}
          onChange={(event) => set({ environmentName: event.currentTarget.value, aliasName: '' })}
          data={options(chosen?.environments ?? [])}
        />
      </SimpleGrid>
      {chosen?.keyType === 'PRIVATE_KEY' && (
        <Radio.Group
          label="Take"
          value={draft.keySource}
          onChange={(value) => set({ keySource: value as Draft['keySource'] })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="PRIVATE_KEY" label="The private key" />
            <Radio value="PUBLIC_KEY" label="Its public half only" />
          </Stack>
        </Radio.Group>
      )}
      {chosen?.keyType === 'SECRET_KEY' && <Text size="sm">A secret key becomes an OCT JWK.</Text>}
    </Stack>
  );
}

function options(names: readonly string[]) {
  return [{ value: '', label: 'Choose' }, ...names.map((name) => ({ value: name, label: name }))];
}

/** The first environment that has it, and the half that it can give. */
function choice(materials: readonly StoredMaterial[], materialName: string): Partial<Draft> {
  const { environments: [environmentName = ''] = [], keyType } =
    materials.find(({ name }) => name === materialName) ?? {};
  const keySource = keyType === 'PUBLIC_KEY' ? 'PUBLIC_KEY' : 'PRIVATE_KEY';
  return { materialName, environmentName, keySource, aliasName: '', algorithm: '', useType: '' };
}
