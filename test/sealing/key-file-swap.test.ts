import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId } from '../../src/new-id.ts';
import { removeOldKeyFile } from '../../src/sealing/rotation/key-file-swap.ts';

test('a change of the master key is finished also where the key comes from the settings and there is no data directory', async () => {
  await expect(removeOldKeyFile(join(tmpdir(), newId(), 'master.key'))).resolves.toBeUndefined();
});
