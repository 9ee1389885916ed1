// Names of statements that the server prepares once for each connection: it needs longer to plan one than to run it. A
// pooler gives each transaction another connection of the server, on which a name means nothing. There the process that
// was announced is not the one that answers, and nothing is named.

import type pg from 'pg';

/** Each costs the server up to some 100 KB for each connection. */
const mostNames = 64;
const mostParameters = 512;

let named = new WeakSet<pg.ClientBase>();
let isStopped = false;
const names = new Map<string, string>();

/** @param answeredBy as `pg_backend_pid()` has it */
export function noteServer(client: pg.ClientBase, answeredBy: unknown): void {
  const { processID } = client as pg.ClientBase & { readonly processID?: number | null };
  if (processID === answeredBy && !isStopped) named.add(client);
}

/** Something in between gives transactions other connections all the same. */
export function nameNoMore(): void {
  isStopped = true;
  named = new WeakSet();
}

/** @returns undefined where it is not to be prepared */
export function preparedName(
  client: pg.ClientBase,
  sql: string,
  parameters: readonly unknown[],
): string | undefined {
  if (!named.has(client) || parameters.length > mostParameters) return undefined;
  const known = names.get(sql);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `keyplane ${names.size + 1}`;
  names.set(sql, name);
  return name;
}
