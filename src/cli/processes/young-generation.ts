// The young generation of a manager is kept at its first size while it starts, and may grow once it is ready. Most of what a
// start allocates stays, which V8 takes for a reason to enlarge it: by 30 MB, which an idle process does not need. Under load a
// larger one is a tenth less processor time, because less survives a collection; V8 gives the memory back within two minutes
// of rest. A node is started with a small one (scripts/keyplane.mjs): thousands of keys that arrive survive in any case.
// `setFlagsFromString` is documented as unsafe for flags in general. V8 reads this one each time it enlarges the young
// generation, and nowhere else.

import { setFlagsFromString } from 'node:v8';

export function holdYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** As V8 does by default: it doubles, up to `--max-semi-space-size`. */
export function letYoungGenerationGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
