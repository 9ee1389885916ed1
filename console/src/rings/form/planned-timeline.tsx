import { Stack, Text } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { durationInWords } from '../../../../src/runtime/time-text.ts';
import { Section } from '../../display/section.tsx';
import { useCachesMs } from '../policy/caches.ts';
import { planOf } from '../policy/planned.ts';
import { newPolicy } from '../policy/policy-draft.ts';
import type { Transition } from '../ring-types.ts';
import { TimelineChart } from '../timeline/timeline-chart.tsx';
import { kindOf, type NewRingDraft } from './ring-draft.ts';

/** What a ring like this will do, as if it were created now. */
export function PlannedTimeline({ draft }: { readonly draft: NewRingDraft }) {
  const [now] = useState(() => Date.now());
  const cachesMs = useCachesMs();
  const { policy, name, ...key } = useDeferredValue(draft);
  const kind = kindOf({ policy, name, ...key });
  const plan = useMemo(() => planOf(kind, newPolicy(policy), cachesMs, now), [kind, policy, cachesMs, now]);
  return (
    <Section
      title="What will happen"
      description="As if it were created now and every node confirmed at once"
    >
      <div aria-live="polite">
        {plan.isPossible ? (
          <Stack gap="sm">
            <TimelineChart ringName={name || 'the new key ring'} transitions={plan.transitions} now={now} />
            <Sentences plan={plan} isManual={policy.isManual} />
          </Stack>
        ) : (
          <Text size="sm">{plan.text}</Text>
        )}
      </div>
    </Section>
  );
}

function Sentences({
  plan: { transitions, publicationDelayMs },
  isManual,
}: {
  readonly plan: { readonly transitions: readonly Transition[]; readonly publicationDelayMs: number };
  readonly isManual: boolean;
}) {
  const retiringMs = lengthOfFirst(transitions, 'RETIRING');
  const activeMs = lengthOfFirst(transitions, 'ACTIVE');
  return (
    <ol className="plan">
      <li>Key 1 is active as soon as every node has it. Key 2 is published with it.</li>
      <li>
        {isManual ? (
          <>A rotation by hand activates the next key, once it has been published </>
        ) : (
          <>
            Every {activeMs === undefined ? 'interval' : durationInWords(activeMs)} the next key becomes
            active. It has been published{' '}
          </>
        )}
        for at least {durationInWords(publicationDelayMs)} by then, so that every verifier knows it.
      </li>
      {retiringMs !== undefined && (
        <li>
          The key before it stays published for {durationInWords(retiringMs)}, until its last token has
          expired.
        </li>
      )}
    </ol>
  );
}

/** How long the first key that leaves this state was in it. */
function lengthOfFirst(transitions: readonly Transition[], state: Transition['to']): number | undefined {
  const end = transitions.find(({ from }) => from === state);
  const start = end && transitions.find(({ version, to }) => version === end.version && to === state);
  return end && start && Date.parse(end.at) - Date.parse(start.at);
}
