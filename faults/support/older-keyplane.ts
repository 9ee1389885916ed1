// The keyplane of an earlier commit, as it was, with the packages of this checkout.

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyplane, type ServeProcess } from '../../test/system/support/keyplane-process.ts';
import { temporaryFolder } from '../../test/system/support/temporary-folder.ts';
import { password } from '../../test/system/support/world.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packages that only earlier versions need. What they do is of no concern here, so a plugin that does nothing stands for each. */
const formerPackages = ['@fastify/swagger-ui'];

/** @returns its main file */
export async function checkOutOlder(commit: string): Promise<string> {
  const around = await temporaryFolder();
  const folder = join(around, 'older');
  try {
    const archive = execFileSync('git', ['archive', commit], {
      cwd: root,
      maxBuffer: 2 ** 28,
    });
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
  } catch {
    throw new Error(
      `The history of this checkout does not go back to ${commit}: the older keyplane is missing`,
    );
  }
  for (const name of formerPackages) {
    const former = join(folder, 'node_modules', name);
    mkdirSync(former, { recursive: true });
    writeFileSync(join(former, 'package.json'), '{"type":"module","exports":"./index.js"}');
    writeFileSync(join(former, 'index.js'), 'export default async () => undefined;\n');
  }
  // A package that is not in the folder itself is looked for above it.
  symlinkSync(join(root, 'node_modules'), join(around, 'node_modules'));
  return join(folder, 'src/main.ts');
}

export async function startOlder(
  main: string,
  dataDir: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ServeProcess> {
  const settings = {
    KEYPLANE_PORT: '0',
    KEYPLANE_DATA_DIR: dataDir,
    KEYPLANE_ADMIN_PASSWORD: password,
    ...more,
  };
  const started = keyplane(['serve'], { settings, main });
  const [, url = ''] = await started.says(/keyplane is ready: (http\S+)\//);
  return { ...started, url };
}
