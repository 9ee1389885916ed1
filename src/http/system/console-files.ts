import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the built console; its name holds a hash of its content. */
export interface ConsoleAsset {
  readonly name: string;
  readonly mediaType: string;
  readonly content: Buffer;
  readonly brotli: Buffer | undefined;
}

export interface ConsoleFiles {
  /** With `KEYPLANE_NONCE` where a nonce belongs. */
  readonly page: string;
  readonly assets: readonly ConsoleAsset[];
}

const builtFolder = fileURLToPath(new URL('../../../console/dist', import.meta.url));

const mediaTypes: Readonly<Record<string, string>> = Object.freeze({
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
});

/** Undefined where the console was not built, as in a checkout that was started without npm. */
export function readConsoleFiles(folder = builtFolder): ConsoleFiles | undefined {
  const assetFolder = join(folder, 'assets');
  let page: string;
  try {
    page = readFileSync(join(folder, 'index.html'), 'utf8');
  } catch {
    return undefined;
  }
  const names = readdirSync(assetFolder);
  const assets = names.flatMap((name) => {
    const mediaType = mediaTypes[extname(name)];
    if (mediaType === undefined) return [];
    const content = readFileSync(join(assetFolder, name));
    const brotli = names.includes(`${name}.br`) ? readFileSync(join(assetFolder, `${name}.br`)) : undefined;
    return [{ name, mediaType, content, brotli }];
  });
  return { page, assets };
}
