import type { Writable } from 'node:stream';
import type pg from 'pg';

const gathering = new WeakSet<Writable>();

/**
 * What is sent on the connection in this turn of the event loop leaves in one system call, so that statements that are
 * sent together arrive together.
 */
export function gatherWrites(client: pg.ClientBase): void {
  // Its type does not have it, also not where the connection is encrypted.
  const { stream } = (client as pg.ClientBase & { readonly connection: { readonly stream: Writable } })
    .connection;
  if (gathering.has(stream)) return;
  gathering.add(stream);
  stream.cork();
  process.nextTick(() => {
    gathering.delete(stream);
    stream.uncork();
  });
}
