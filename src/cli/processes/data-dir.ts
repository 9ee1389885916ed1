import { mkdir } from 'node:fs/promises';

/** Creates the data directory with mode 0700. @throws Error with one line for the operator */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown';
    throw new Error(
      `KEYPLANE_DATA_DIR is ${dataDir}, which cannot be created (${code}): a folder that keyplane can write to is accepted`,
    );
  }
}
