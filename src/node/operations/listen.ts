// Where the operations listener can be reached: a port of this machine, which needs TLS unless only this machine reaches it,
// and a Unix socket for its user and group.

import { chmod, chown, lstat, readFile, unlink } from 'node:fs/promises';
import { type AddressInfo, connect, type Server } from 'node:net';
import { badRequest } from '../../errors.ts';

/** @returns the address, without a trailing slash. @throws KeyplaneError `bad_request` for the operator */
export function listenOnPort(
  server: Server,
  { host, port, isTls }: { readonly host: string; readonly port: number; readonly isTls: boolean },
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        badRequest(
          `The node cannot listen on ${host} port ${port} (${error.code}): choose another --operations-port`,
        ),
      );
    });
    server.listen(port, host, () => {
      const { family, address, port: bound } = server.address() as AddressInfo;
      const at = family === 'IPv6' ? `[${address}]` : address;
      resolve(`${isTls ? 'https' : 'http'}://${at}:${bound}`);
    });
  });
}

export interface SocketPlace {
  readonly path: string;
  /** Of the file: who may connect. */
  readonly mode: number;
  /** A name or a number; undefined: that of the process. */
  readonly group?: string | undefined;
  /** The flag that named it. */
  readonly flag: string;
}

/** @returns the address. @throws KeyplaneError `bad_request` for the operator */
export async function listenOnSocket(server: Server, place: SocketPlace): Promise<string> {
  const { path, mode, group } = place;
  const groupId = group === undefined ? undefined : await groupIdOf(group, place);
  await removeStaleSocket(place);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(place, error.code)));
    // The socket is created within this call, and no other user may connect before its mode is set.
    const umask = process.umask(0o177);
    try {
      server.listen(path, resolve);
    } finally {
      process.umask(umask);
    }
  });
  if (groupId !== undefined) await giveToGroup(groupId, place);
  await chmod(path, mode);
  return `unix:${path}`;
}

/** Left by a process that was killed: nothing listens on it. */
async function removeStaleSocket(place: SocketPlace): Promise<void> {
  const { path } = place;
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw cannotListen(place, 'a file that is no socket is there');
  const isServed = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (isServed) throw cannotListen(place, 'another process listens there');
  await unlink(path);
}

function cannotListen({ path, flag }: SocketPlace, why: string | undefined) {
  return badRequest(`The node cannot listen on ${path} (${why}): choose another ${flag}`);
}

async function giveToGroup(groupId: number, place: SocketPlace): Promise<void> {
  try {
    await chown(place.path, process.geteuid?.() ?? 0, groupId);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw cannotListen(place, `its group cannot be ${place.group}: ${code}`);
  }
}

const groupsFile = '/etc/group';

/** @throws KeyplaneError `bad_request` for the operator */
async function groupIdOf(group: string, place: SocketPlace): Promise<number> {
  if (/^\d+$/.test(group)) return Number(group);
  const groups = await readFile(groupsFile, 'utf8').catch(() => '');
  for (const line of groups.split('\n')) {
    const [name, , id] = line.split(':');
    if (name === group && id !== undefined && /^\d+$/.test(id)) return Number(id);
  }
  throw cannotListen(place, `there is no group ${group}`);
}
