// Checks that run side by side and speak only where something is wrong.

import { askedToEnd, capture } from './child.mjs';
import { root } from './places.mjs';

/** Runs the steps at once, one line each as they end. @returns the names of those that failed, in order */
export async function runSteps(steps) {
  const ended = await Promise.all(steps.map(runStep));
  if (askedToEnd()) process.exit(1);
  for (const { name, code, output } of ended) {
    if (code !== 0) process.stdout.write(`\n--- ${name} ---\n${output.trim()}\n`);
  }
  return ended.filter(({ code }) => code !== 0).map(({ name }) => name);
}

async function runStep({ name, command, args }) {
  const startedAt = performance.now();
  const { code, output } = await capture(command, args, { cwd: root });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
  return { name, code, output };
}
