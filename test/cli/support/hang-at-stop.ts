// Loaded before keyplane by `--import`: a server that is closed never ends, and a timer of minutes ends after a moment.

import { Server } from 'node:net';

const longMs = 30_000;
const momentMs = 300;
const { setTimeout: wait } = globalThis;

Server.prototype.close = function close() {
  return this;
};
globalThis.setTimeout = Object.assign(
  (act: () => void, ms?: number) => wait(act, ms !== undefined && ms > longMs ? momentMs : ms),
  wait,
) as typeof setTimeout;
