import { readFile } from 'node:fs/promises';
import { CliFailure, exitCode, wrongUsage } from '../failure.ts';

/** More than any file that keyplane accepts, such as a keystore in base64. */
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
    if (process.stdin.isTTY) throw wrongUsage('- reads standard input, which is a terminal: give a file');
    return readStdin();
  }
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = {
      ENOENT: 'no such file',
      EISDIR: 'it is a folder',
      EACCES: 'permission denied',
    }[code];
    throw new CliFailure(`${path} cannot be read: ${reason ?? code}`, exitCode.usage);
  }
  if (bytes.length > longest) throw tooLarge(path);
  return bytes;
}

/**
 * @param given JSON, `@FILE`, or `-` for standard input
 * @throws CliFailure
 */
export async function readJsonInput(given: string, flag: string): Promise<unknown> {
  const isFile = given === '-' || given.startsWith('@');
  const text = isFile ? (await readInput(given.replace(/^@/, ''))).toString('utf8') : given;
  try {
    return JSON.parse(text);
  } catch {
    throw wrongUsage(`${flag} is not valid JSON: an object, @FILE or - is accepted`);
  }
}

function tooLarge(what: string): CliFailure {
  return new CliFailure(`${what} is larger than ${longest / 1024 / 1024} MiB, the limit of keyplane`);
}
