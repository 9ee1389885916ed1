import { NativeSelect, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { ErrorNote } from '../display/error-note.tsx';
import type { Draft, FormPartProps, FormSource } from './draft.ts';

interface StoredMaterial {
  readonly name: string;
  readonly environments: readonly string[];
  readonly keyType?: string;
}

type StoredSource = Extract<FormSource, 'CERTIFICATE' | 'KEY' | 'KEYSTORE'>;

const words: Readonly<Record<StoredSource, string>> = {
  CERTIFICATE: 'Certificate',
  KEY: 'Key',
  KEYSTORE: 'Keystore',
};

async function storedMaterials(source: StoredSource, projectName: string): Promise<StoredMaterial[]> {
  const namesOf = (list: readonly { readonly environmentName: string }[]) =>
    list.map(({ environmentName }) => environmentName);
  if (source === 'CERTIFICATE') {
    const { resultList } = await keyplane.listCertificates({ projectName });
    return resultList.map((one) => ({
      name: one.name,
      environments: namesOf(one.certificateEnvironmentList),
    }));
  }
  if (source === 'KEYSTORE') {
    const { resultList } = await keyplane.listKeystores({ projectName });
    return resultList.map((one) => ({ name: one.name, environments: namesOf(one.keyStoreEnvironmentList) }));
  }
  const { resultList } = await keyplane.listKeys({ projectName });
  return resultList.map((one) => ({
    name: one.name,
    environments: namesOf(one.cryptoKeyInfoEnvironmentList),
    keyType: one.keyType,
  }));
}

/** A certificate, key or keystore that the project has, and the environment whose material is meant. */
export function StoredFields({ projectName, draft, set, errorOf }: FormPartProps) {
  const source = draft.source as StoredSource;
  const found = useQuery({
    queryKey: ['materials-to-choose', projectName, source],
    queryFn: () => storedMaterials(source, projectName),
  });
  const materials = found.data ?? [];
  const chosen = materials.find(({ name }) => name === draft.materialName);
  const none = `There is none yet: drop a file above.`;
  return (
    <Stack>
      <ErrorNote error={found.error} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NativeSelect
          label={words[source]}
          required
          description={found.data?.length === 0 ? none : undefined}
          value={draft.materialName}
          error={errorOf('materialName')}
          onChange={(event) => set(choice(materials, event.currentTarget.value))}
          data={options(materials.map(({ name }) => name))}
        />
        <NativeSelect
          label="Environment"
          required
          value={draft.environmentName}
          error={errorOf('environmentName')}
          onChange={(event) => set({ environmentName: event.currentTarget.value, aliasName: '' })}
          data={options(chosen?.environments ?? [])}
        />
      </SimpleGrid>
      {chosen?.keyType === 'PRIVATE_KEY' && (
        <Radio.Group
          label="What of it"
          value={draft.keySource}
          onChange={(value) => set({ keySource: value as Draft['keySource'] })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="PRIVATE_KEY" label="The private key" />
            <Radio value="PUBLIC_KEY" label="Its public half alone" />
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

/** The first environment that has it, and what the key is good for. */
function choice(materials: readonly StoredMaterial[], materialName: string): Partial<Draft> {
  const { environments: [environmentName = ''] = [], keyType } =
    materials.find(({ name }) => name === materialName) ?? {};
  const keySource = keyType === 'PUBLIC_KEY' ? 'PUBLIC_KEY' : 'PRIVATE_KEY';
  return { materialName, environmentName, keySource, aliasName: '', algorithm: '', useType: '' };
}
