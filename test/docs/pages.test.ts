// Every command of the documentation is run as it stands there, page by page, against a real manager and real nodes.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endAllProcesses } from '../system/support/keyplane-process.ts';
import { removeTemporaryFolders } from '../system/support/temporary-folder.ts';
import { quickstartWorld } from './support/quickstart-world.ts';
import { type PageWorld, runPage, unmetOutputs } from './support/run-page.ts';

const afterNpmStart = [
  'docs/sources/url.md',
  'docs/sources/copy-paste.md',
  'docs/sources/certificate.md',
  'docs/sources/public-key.md',
  'docs/sources/private-key.md',
  'docs/sources/keystore.md',
  'docs/sources/generate.md',
];

let world: PageWorld;
beforeAll(async () => {
  world = await quickstartWorld();
});
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

describe('the commands of a page do what it says', () => {
  it.each(afterNpmStart)('%s', async (page) => {
    const run = await runPage(page, world);
    if (run.missing !== undefined) {
      console.warn(
        `${page}: left out from line ${run.blocks[run.ran.length]?.line} on, without ${run.missing}`,
      );
    }
    expect(run.exitCode, run.said).toBe(0);
    expect(run.ran.flatMap(unmetOutputs), run.said).toEqual([]);
    expect(run.ran.length).toBeGreaterThan(0);
  });
});
