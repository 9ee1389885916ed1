import { keyplane } from '../../api/keyplane.ts';
import { Facts } from '../../display/facts.tsx';
import { Section } from '../../display/section.tsx';
import { keyPages } from '../parts/material-kind.ts';
import { MaterialPage } from '../parts/material-page.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { keyTypeText } from './key-type-text.ts';

/** The details of a key and the environments that have it. Its content is encrypted, and no page shows it. */
export function KeyPage() {
  return (
    <MaterialPage
      kind={keyPages}
      fetchOne={(projectName, keyName) => keyplane.getKey({ projectName, keyName })}
      replace={(key, projectName, onClose) => (
        <KeyDialog projectName={projectName} replaced={key} onDone={onClose} onClose={onClose} />
      )}
    >
      {(key) => (
        <Section title="Contents">
          <Facts
            facts={[
              ['Kind', keyTypeText(key)],
              ...key.cryptoKeyInfoEnvironmentList.map(
                ({ environmentName, alias }) =>
                  [
                    environmentName,
                    alias === null ? 'stored encrypted' : `stored encrypted, alias ${alias}`,
                  ] as const,
              ),
            ]}
          />
        </Section>
      )}
    </MaterialPage>
  );
}
