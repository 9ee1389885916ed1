import { mkdir } from 'node:fs/promises';

/** Makes the data directory, for its owner alone. @throws Error with one line for the operator */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unknown';
    throw new Error(
      `KEYPLANE_DATA_DIR is ${dataDir}, which can not be made (${code}): a folder that keyplane may write to is accepted`,
    );
  }
}
