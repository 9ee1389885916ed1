import { afterAll, describe, test } from 'vitest';
import { endAllProcesses } from '../system/support/keyplane-process.ts';
import { removeTemporaryFolders } from '../system/support/temporary-folder.ts';
import { expectPage, longestTestMs } from './support/expect-page.ts';
import { quickstartWorld } from './support/quickstart-world.ts';
import { ownStartPages } from './support/ran-pages.ts';

afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

describe('the commands of a page that begins with npm start do what it says', () => {
  test.each(ownStartPages)(
    '%s',
    async (page) => {
      await expectPage(page, await quickstartWorld());
    },
    longestTestMs,
  );
});
