import { expect, test } from 'vitest';
import { commandOf } from '../../src/runtime/cli-command.ts';

test.each([
  ['file:///work/keyplane/src/runtime/cli-command.ts', false, 'npm run -s keyplane --'],
  ['file:///usr/lib/node_modules/keyplane/dist/src/runtime/cli-command.js', true, 'keyplane'],
  [
    'file:///home/ada/.npm/_npx/1f2e/node_modules/keyplane/dist/src/runtime/cli-command.js',
    true,
    'npx keyplane',
  ],
])('the command line of %s is called as it is installed', (moduleUrl, isInstalled, command) => {
  expect(commandOf(moduleUrl, isInstalled)).toBe(command);
});
