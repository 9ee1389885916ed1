// `npm run model -- [--histories N] [--kind SIGNATURE|ENCRYPTION|OCT] [--length EVENTS] [--seed N]`: the model test at
// length. A history that breaks an invariant is printed with all that happens in it; `--replay JSON` plays one again.

import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { type History, histories, play } from './history.ts';

const kinds = ['SIGNATURE', 'ENCRYPTION', 'OCT'] as const;

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000000' },
    kind: { type: 'string' },
    length: { type: 'string', default: '40' },
    seed: { type: 'string' },
    replay: { type: 'string' },
  },
});

if (values.replay === undefined) {
  for (const kind of kinds) if (values.kind === undefined || values.kind === kind) playMany(kind);
} else {
  const history: History = JSON.parse(values.replay);
  playAloud(history);
}

function playMany(kind: History['kind']): void {
  const numRuns = Number(values.histories);
  const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
  const begun = performance.now();
  let activations = 0;
  const property = fc.property(histories(kind, Number(values.length)), (history) => {
    activations += play(history).activations;
  });
  const result = fc.check(property, { numRuns, ...seed });
  const perSecond = Math.round(result.numRuns / ((performance.now() - begun) / 1000));
  console.log(
    `${kind}: ${result.numRuns} histories with ${activations} activations, ${perSecond} a second, seed ${result.seed}`,
  );
  if (!result.failed) return;
  process.exitCode = 1;
  const [history] = result.counterexample ?? [];
  console.log(`--replay '${JSON.stringify(history)}'`);
  if (history) playAloud(history);
}

function playAloud(history: History): void {
  try {
    play(history, {}, (text) => console.log(text));
  } catch (error) {
    process.exitCode = 1;
    console.log(String(error));
  }
}
