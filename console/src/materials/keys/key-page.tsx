import { keyplane } from '../../api/keyplane.ts';
import { Facts } from '../../display/facts.tsx';
import { Section } from '../../display/section.tsx';
import { keyNoun } from '../parts/material-noun.ts';
import { MaterialPage } from '../parts/material-page.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { keyTypeText } from './key-type-text.ts';

/** What a key is and where it is. Its content is sealed, and no page shows it. */
export function KeyPage() {
  return (
    <MaterialPage
      noun={keyNoun}
      fetchOne={(projectName, keyName) => keyplane.getKey({ projectName, keyName })}
      replace={(key, projectName, onClose) => (
        <KeyDialog projectName={projectName} replaced={key} onDone={onClose} onClose={onClose} />
      )}
    >
      {(key) => (
        <Section title="What it is">
          <Facts
            facts={[
              ['Kind', keyTypeText(key)],
              ...key.cryptoKeyInfoEnvironmentList.map(
                ({ environmentName, alias }) =>
                  [
                    `In ${environmentName}`,
                    alias === null ? 'stored and sealed' : `stored and sealed as ${alias}`,
                  ] as const,
              ),
            ]}
          />
        </Section>
      )}
    </MaterialPage>
  );
}
