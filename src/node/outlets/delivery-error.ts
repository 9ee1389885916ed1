// Why a delivery failed, as an operator reads it: never a path of the machine.

import { isKeyplaneError } from '../../errors.ts';

const texts: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'the node has no permission',
  EPERM: 'the node has no permission',
  EISDIR: 'a folder is where the file has to be',
  ENOTDIR: 'a file is where a folder has to be',
  ENOTEMPTY: 'a folder is where the file has to be',
  ELOOP: 'a symbolic link is where a file or folder has to be',
  ENXIO: 'a pipe or a socket is where the file has to be',
  ENAMETOOLONG: 'a name is too long for the file system',
  ENOENT: 'the outlet directory does not exist',
  EMFILE: 'the node has too many open files',
  EIO: 'the disk failed',
};

export function deliveryErrorText(error: unknown): string {
  if (isKeyplaneError(error)) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  const text = texts[code];
  return text === undefined
    ? `The files could not be written (${code})!`
    : `The files could not be written: ${text} (${code})!`;
}
