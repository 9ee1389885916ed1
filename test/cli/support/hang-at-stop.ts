// Loaded before keyplane by `--import`: a server that is closed at the stop never ends, and a timer of minutes ends after a
// moment. Before the stop servers close, as the one that tests whether a port is free.

import { Server } from 'node:net';

const longMs = 30_000;
const momentMs = 300;
const { setTimeout: wait } = globalThis;

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => (isStopping = true));
const { close: end } = Server.prototype;
Server.prototype.close = function close(callback) {
  return isStopping ? this : end.call(this, callback);
};
globalThis.setTimeout = Object.assign(
  (act: () => void, ms?: number) => wait(act, ms !== undefined && ms > longMs ? momentMs : ms),
  wait,
) as typeof setTimeout;
