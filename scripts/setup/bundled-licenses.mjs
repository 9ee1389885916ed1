// The licences of the packages whose code is in the release: each goes wherever the code goes.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `…/node_modules/NAME` at the start of a module's path. */
const packageFolder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;

/** A plug-in of the bundler that writes `THIRD-PARTY-LICENSES`. */
export const collectLicenses = {
  name: 'bundled-licenses',
  generateBundle(_, files) {
    const modules = Object.values(files).flatMap((file) =>
      file.type === 'chunk' ? Object.keys(file.modules) : [],
    );
    const folders = new Set(modules.flatMap((id) => packageFolder.exec(id)?.[0].replace(/^\0/, '') ?? []));
    const texts = [...folders].sort().map(licenseText);
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES', source: texts.join('\n') });
  },
};

/** @throws Error where the package has none: its code cannot be handed on */
function licenseText(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined)
    throw new Error(`${name} has no licence file, so the release cannot contain its code.`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
