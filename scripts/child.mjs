// Child processes that end with this process: signals are forwarded once, and this process ends with its parent.

import { spawn } from 'node:child_process';
import { taskEnvironment } from './places.mjs';

const children = new Set();
const passedOn = new Set();
const parentCheckMs = 500;

/**
 * Passes a signal to every child, each signal once: after Ctrl+C it comes from the terminal and again from npm.
 */
function passOn(signal) {
  if (passedOn.has(signal)) return;
  passedOn.add(signal);
  for (const child of children) child.kill(signal);
}

/** The first signal that asked us to end, or undefined. */
export function askedToEnd() {
  return passedOn.values().next().value;
}

function track(child) {
  if (children.size === 0 && passedOn.size === 0) watchForTheEnd();
  children.add(child);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      children.delete(child);
      reject(new Error(`Could not start ${child.spawnfile}: ${error.code ?? error.message}`));
    });
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve({ code, signal });
    });
  });
}

let watching = false;
function watchForTheEnd() {
  if (watching) return;
  watching = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(signal));
  // npm that is killed outright passes nothing on; that we have another parent then is all there is to see.
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) passOn('SIGTERM');
  }, parentCheckMs).unref();
}

/**
 * Runs a command on our own terminal. With `channel` it gets an IPC channel that closes when this process ends, even if
 * it was killed.
 */
export function foreground(command, args, { cwd, channel = false, input = 'inherit', variables } = {}) {
  const stdio = [input, 'inherit', 'inherit', ...(channel ? ['ipc'] : [])];
  return track(spawn(command, args, { cwd, stdio, env: { ...taskEnvironment(), ...variables } }));
}

/** Runs a command without a terminal and keeps what it says: `stdout` alone, and `output` with standard error. */
export async function capture(command, args, { cwd, env = taskEnvironment() } = {}) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const out = [];
  const all = [];
  child.stdout.on('data', (bytes) => {
    out.push(bytes);
    all.push(bytes);
  });
  child.stderr.on('data', (bytes) => all.push(bytes));
  const { code, signal } = await track(child);
  return { code: code ?? 1, signal, stdout: Buffer.concat(out), output: Buffer.concat(all).toString() };
}

/** Ends as the child ended: with its code, or by its signal. */
export function endLike({ code, signal }) {
  if (!signal) process.exit(code);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
  process.kill(process.pid, signal);
}
