import { afterAll, beforeAll, describe, test } from 'vitest';
import { endAllProcesses } from '../system/support/keyplane-process.ts';
import { removeTemporaryFolders } from '../system/support/temporary-folder.ts';
import { expectPage, longestTestMs } from './support/expect-page.ts';
import { quickstartWorld } from './support/quickstart-world.ts';
import { recipePages } from './support/ran-pages.ts';
import type { PageWorld } from './support/run-page.ts';

let world: PageWorld;
beforeAll(async () => {
  world = await quickstartWorld();
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

describe('the commands of a recipe do what it says', () => {
  test.each(recipePages)(
    '%s',
    async (page) => {
      await expectPage(page, world);
    },
    longestTestMs,
  );
});
