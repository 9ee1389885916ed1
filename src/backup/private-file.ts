import { createFile } from '../runtime/durable-file.ts';

/**
 * A new file for its owner alone.
 * @throws Error for the operator when the file exists already or cannot be written
 */
export async function writePrivateFile(path: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  let isNew: boolean;
  try {
    isNew = await createFile(path, pieces, { mode: 0o600 });
  } catch (error) {
    const isOfFile = error instanceof Error && 'syscall' in error && 'code' in error;
    throw isOfFile ? new Error(`${path} can not be written (${error.code}).`) : error;
  }
  if (!isNew) throw new Error(`${path} is there already. Choose another name, or move it away.`);
}
