import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** One file of the built console; its name holds a hash of its content. */
export interface ConsoleAsset {
  readonly name: string;
  readonly mediaType: string;
  /** As almost every browser takes it, and the only form that is held where there is one. */
  readonly brotli: Buffer | undefined;
  /** For those that do not. */
  content(): Promise<Buffer>;
}

export interface ConsoleFiles {
  /** With `KEYPLANE_NONCE` where a nonce belongs. */
  readonly page: string;
  readonly assets: readonly ConsoleAsset[];
}

const decompress = promisify(brotliDecompress);

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
  const assets = names.flatMap((name): ConsoleAsset[] => {
    const mediaType = mediaTypes[extname(name)];
    if (mediaType === undefined) return [];
    if (!names.includes(`${name}.br`)) {
      const bytes = readFileSync(join(assetFolder, name));
      return [{ name, mediaType, brotli: undefined, content: async () => bytes }];
    }
    const brotli = readFileSync(join(assetFolder, `${name}.br`));
    return [{ name, mediaType, brotli, content: () => decompress(brotli) }];
  });
  return { page, assets };
}
