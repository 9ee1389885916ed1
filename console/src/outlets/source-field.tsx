import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../api/keyplane.ts';
import { mayIn } from '../session/session.ts';
import { useSignedIn } from '../session/session-context.ts';
import { sourcesOf } from './outlet-draft.ts';
import type { PartProps } from './outlet-fields.ts';
import { type OutletSourceKind, outletSourceWords } from './outlet-words.ts';

/** How many of each type the form offers. */
const mostOffered = 100;

/** What is delivered: the form offers what the chosen content is made of. */
export function OutletSourceField({ projectName, draft, set, errors }: PartProps) {
  const session = useSignedIn();
  const sources = sourcesOf(draft);
  const types = sources.filter((type) => type !== 'project');
  const readable = types.filter(
    (type) => type !== 'certificateName' || mayIn(session, projectName, 'ROLE_MANAGE_PROXIES'),
  );
  const found = useQuery({
    queryKey: ['outlet-sources', projectName, readable],
    queryFn: async () => (await Promise.all(readable.map((type) => offered(projectName, type)))).flat(),
  });
  return (
    <NativeSelect
      label="Source"
      description="What is delivered"
      required
      value={draft.source}
      error={errors.of('source')}
      onChange={(event) => set({ source: event.currentTarget.value })}
      data={[
        sources.includes('project')
          ? { value: '', label: 'The set of the project' }
          : { value: '', label: 'Choose a source', disabled: true },
        ...(found.data ?? []),
      ]}
    />
  );
}

async function offered(projectName: string, type: OutletSourceKind) {
  const asked = { projectName, page: '1', size: String(mostOffered), sort: 'name,asc' };
  const names = await namesOf(type, asked);
  return names.map((name) => ({
    value: `${type} ${name}`,
    label: `${outletSourceWords[type].label} ${name}`,
  }));
}

interface Asked {
  readonly projectName: string;
  readonly page: string;
  readonly size: string;
  readonly sort: string;
}

async function namesOf(type: OutletSourceKind, asked: Asked): Promise<readonly string[]> {
  switch (type) {
    case 'keyRingName':
      return (await keyplane.listKeyRings(asked)).resultList.map(({ name }) => name);
    case 'jwkName': {
      const { resultList } = await keyplane.listJwks(asked);
      return resultList.filter(({ ringName }) => ringName === null).map(({ name }) => name);
    }
    case 'viewName':
      return (await keyplane.listViews(asked)).resultList.map(({ name }) => name);
    case 'certificateName':
      return (await keyplane.listCertificates(asked)).resultList.map(({ name }) => name);
    case 'tokenProfileName':
      return (await keyplane.listTokenProfiles(asked)).resultList.map(({ name }) => name);
    default:
      return type satisfies never;
  }
}
