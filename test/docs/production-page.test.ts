// The page about production, from an empty PostgreSQL to a restored backup and another master key.

import { afterAll, describe, test } from 'vitest';
import { createPostgresDatabase } from '../support/postgres-databases.ts';
import { freePorts } from '../system/support/ports.ts';
import { removeTemporaryFolders } from '../system/support/temporary-folder.ts';
import { expectPage, longestTestMs } from './support/expect-page.ts';
import { productionPages } from './support/ran-pages.ts';

afterAll(removeTemporaryFolders);

describe('the commands of a page about production do what it says', () => {
  test.each(productionPages)(
    '%s',
    async (page) => {
      const port = await freePorts(5);
      const ports = [8080, 8090, 8070, 8081, 8082].map((number, index) => [number, String(port + index)]);
      const database = { 'postgres://keyplane@127.0.0.1:5433/postgres': await createPostgresDatabase() };
      await expectPage(page, { substitutions: { ...Object.fromEntries(ports), ...database } });
    },
    longestTestMs,
  );
});
