import { expect, test } from 'vitest';
import { commandReference } from './support/command-reference.ts';

// `vitest run test/docs/cli-reference.test.ts --update` writes the page.
test('docs/cli-reference.md lists every command with its flags', async () => {
  await expect(await commandReference()).toMatchFileSnapshot('../../docs/cli-reference.md');
});
