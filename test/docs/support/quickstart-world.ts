// What `npm start` starts, and how its page spells it.

import { join } from 'node:path';
import { keyplane } from '../../system/support/keyplane-process.ts';
import { freePorts } from '../../system/support/ports.ts';
import { temporaryFolder } from '../../system/support/temporary-folder.ts';
import { type PageWorld, patient } from './run-page.ts';

/** Ended by `endAllProcesses`. */
export async function quickstartWorld(): Promise<PageWorld> {
  const dataDir = join(await temporaryFolder(), 'data');
  const started = keyplane(['quickstart', '--data-dir', dataDir, '--port', '0'], {
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1', ...patient },
  });
  await started.says(/Ctrl\+C/);
  const text = started.stdout();
  const spare = await freePorts(3);
  const found = (pattern: RegExp) => pattern.exec(text)?.[1] ?? '';
  return {
    substitutions: {
      8080: found(/Console +http:\/\/127\.0\.0\.1:(\d+)/),
      8081: found(/production +http:\/\/127\.0\.0\.1:(\d+)/),
      8082: found(/staging +http:\/\/127\.0\.0\.1:(\d+)/),
      8083: found(/Operations +http:\/\/127\.0\.0\.1:(\d+) +\(production\)/),
      8084: found(/Operations +http:\/\/127\.0\.0\.1:(\d+) +\(staging\)/),
      8091: String(spare),
      8092: String(spare + 1),
      8443: String(spare + 2),
      'kp_…': found(/API token +(\S+)/),
    },
  };
}
