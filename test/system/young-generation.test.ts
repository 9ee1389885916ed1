import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { enrollmentTokenText } from '../../src/protocol/enrollment-token.ts';
import { endAllProcesses, keyplane } from './support/keyplane-process.ts';
import { freePorts } from './support/ports.ts';
import { removeTemporaryFolders, temporaryFolder } from './support/temporary-folder.ts';

const { nodePath, runtime } = (await import(new URL('../../scripts/places.mjs', import.meta.url).href)) as {
  readonly nodePath: () => string;
  readonly runtime: { readonly args: string[] };
};

const installedCommand = fileURLToPath(new URL('../../scripts/keyplane.mjs', import.meta.url));
const module = fileURLToPath(new URL('../../src/cli/processes/young-generation.ts', import.meta.url));
afterAll(async () => {
  await endAllProcesses();
  await removeTemporaryFolders();
});

/**
 * Megabytes of the young generation, once 30,000 objects at a time were kept a hundred times. It is the smallest of the last
 * fifty sizes: while a collection copies what it keeps, each of its threads may take more pages, and gives them back.
 */
const script = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { holdYoungGeneration, letYoungGenerationGrow } from '${module}';
  const allocate = () => {
    const sizes = [];
    for (let round = 0; round < 100; round += 1) {
      Array.from({ length: 30_000 }, (_, index) => ({ index, own: [index] }));
      sizes.push(getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size / 2 ** 20);
    }
    return Math.min(...sizes.slice(-50));
  };
  holdYoungGeneration();
  const held = allocate();
  letYoungGenerationGrow();
  process.stdout.write(JSON.stringify({ held, free: allocate() }));
`;

test('the young generation keeps its size while a service starts, and grows with load afterwards', async () => {
  const args = [...runtime.args, '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(nodePath(), args);
  const { held, free } = JSON.parse(stdout);
  // Two halves of 1 MB, and of up to 16 MB. V8 doubles it when it grows.
  expect(held).toBeLessThanOrEqual(2);
  expect(free).toBeGreaterThan(4);
});

/** Answers SIGUSR2 with the size of its young generation, after a collection that has little to copy. */
const tellsSize = `
  const { getHeapSpaceStatistics, setFlagsFromString } = require('node:v8');
  setFlagsFromString('--expose-gc');
  const collect = require('node:vm').runInNewContext('gc');
  process.on('SIGUSR2', () => {
    for (let time = 0; time < 2; time += 1) collect({ type: 'minor' });
    const { space_size: bytes } = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    process.stderr.write('young generation of ' + bytes + ' bytes\\n');
  });
`;
/** Of no installation: the node is ready before it has reached a manager. */
const token = enrollmentTokenText(randomBytes(32), randomBytes(32).toString('base64url'));
const nodeArgs = ['--manager', 'http://127.0.0.1:9', '--environment', 'production', '--name', 'one'];

test.each([
  ['a manager', ['serve']],
  ['a node', ['node', ...nodeArgs]],
  ['a quickstart', ['quickstart']],
])('%s is ready with a young generation of its first size', async (_what, args) => {
  const folder = await temporaryFolder();
  const preloaded = join(folder, 'tells-size.cjs');
  await writeFile(preloaded, tellsSize);
  const port = await freePorts(5);
  const running = keyplane([...args, '--data-dir', join(folder, 'data'), '--port', String(port)], {
    main: installedCommand,
    preload: [preloaded],
    settings: { KEYPLANE_NODE_TOKEN: token },
  });
  await running.says(/is ready|Ctrl\+C/);
  process.kill(running.pid, 'SIGUSR2');
  const [, bytes] = await running.says(/young generation of (\d+) bytes/);
  // What the command line allocated before the service began counts too. A start that is not held reaches 32 MB.
  expect(Number(bytes)).toBeLessThanOrEqual(16 * 2 ** 20);
});
