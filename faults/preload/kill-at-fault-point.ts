// Loaded before keyplane by `--import`: kills the process at the n-th passing of a moment (`src/runtime/fault-points.ts`).
// With FAULT_ARM=signal it begins to count at SIGUSR2, otherwise at once.

import { subscribe } from 'node:diagnostics_channel';

const [name = '', count = '1'] = (process.env.FAULT_KILL_AT ?? '').split('#');
let armed = process.env.FAULT_ARM !== 'signal';
let left = Number(count);

process.on('SIGUSR2', () => {
  armed = true;
});
if (name !== '') {
  subscribe(name, () => {
    if (!armed) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  });
}
