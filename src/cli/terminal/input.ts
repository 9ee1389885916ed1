import { readFile } from 'node:fs/promises';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';

/** More than any file that keyplane takes: base64 of a keystore and what stands around it. */
const longest = 16 * 1024 * 1024;

export async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longest) throw tooLarge('Standard input');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * @param path a file, or `-` for standard input
 * @throws CliFailure
 */
export async function readInput(path: string): Promise<Buffer> {
  if (path === '-') {
    if (process.stdin.isTTY)
      throw wrongUsage('- stands for standard input, which is a terminal: give a file');
    return readStdin();
  }
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder',
      EACCES: 'it may not be read',
    }[code];
    throw new CliFailure(`${path} can not be read: ${reason ?? code}`, exitCode.usage);
  }
  if (bytes.length > longest) throw tooLarge(path);
  return bytes;
}

function tooLarge(what: string): CliFailure {
  return new CliFailure(`${what} is larger than ${longest / 1024 / 1024} MiB, which nothing here takes`);
}
