import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { keyplane } from '../../api/keyplane.ts';
import { Facts } from '../../display/facts.tsx';
import { QueryView } from '../../display/query-view.tsx';
import { Section } from '../../display/section.tsx';
import { keystorePages } from '../parts/material-kind.ts';
import { MaterialPage } from '../parts/material-page.tsx';
import { type Keystore, KeystoreDialog } from './keystore-dialog.tsx';
import { KeystoreEntries } from './keystore-entries.tsx';

export function KeystorePage() {
  return (
    <MaterialPage
      kind={keystorePages}
      fetchOne={(projectName, keystoreName) => keyplane.getKeystore({ projectName, keystoreName })}
      replace={(keystore, projectName, onClose) => (
        <KeystoreDialog projectName={projectName} replaced={keystore} onDone={onClose} onClose={onClose} />
      )}
    >
      {(keystore, projectName) => (
        <Stack>
          {keystore.keyStoreEnvironmentList.map((own) => (
            <Contents
              key={own.environmentName}
              projectName={projectName}
              keystoreName={keystore.name}
              own={own}
            />
          ))}
        </Stack>
      )}
    </MaterialPage>
  );
}

function Contents({
  projectName,
  keystoreName,
  own: { environmentName, alias, keyStoreType },
}: {
  readonly projectName: string;
  readonly keystoreName: string;
  readonly own: Keystore['keyStoreEnvironmentList'][number];
}) {
  const entries = useQuery({
    queryKey: ['keystore-entries', projectName, keystoreName, environmentName],
    queryFn: () => keyplane.listKeystoreEntries({ projectName, keystoreName, environmentName }),
    // Opening a keystore derives keys, and its entries change only when it is replaced.
    staleTime: 60_000,
  });
  return (
    <Section title={environmentName}>
      <Facts
        facts={[
          ['Type', keyStoreType],
          ['Alias', alias],
        ]}
      />
      <QueryView query={entries}>
        {({ resultList }) => (
          <KeystoreEntries
            entries={resultList}
            caption={`Contents in ${environmentName}`}
            hint={(aliases) =>
              `To use ${aliases}, replace the keystore with the same file and the key password of the alias.`
            }
          />
        )}
      </QueryView>
    </Section>
  );
}
