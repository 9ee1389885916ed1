import type pg from 'pg';

/** Each costs the server up to some 100 KB for each connection. */
const mostNames = 64;
const mostParameters = 512;

/**
 * Names of statements that the server prepares once for each connection: it needs longer to plan one than to run it. A
 * pooler gives each transaction another connection of the server, on which a name means nothing. There the process that
 * was announced is not the one that answers, and nothing is named.
 */
export class PreparedNames {
  readonly #names = new Map<string, string>();
  #clients = new WeakSet<pg.ClientBase>();
  #isStopped = false;

  /** @param answeredBy as `pg_backend_pid()` has it */
  connected(client: pg.ClientBase, answeredBy: unknown): void {
    const { processID } = client as pg.ClientBase & { readonly processID?: number | null };
    if (processID === answeredBy && !this.#isStopped) this.#clients.add(client);
  }

  /** @returns undefined where it is not to be prepared */
  of(client: pg.ClientBase, sql: string, parameters: readonly unknown[]): string | undefined {
    if (!this.#clients.has(client) || parameters.length > mostParameters) return undefined;
    const known = this.#names.get(sql);
    if (known !== undefined || this.#names.size >= mostNames) return known;
    const name = `keyplane ${this.#names.size + 1}`;
    this.#names.set(sql, name);
    return name;
  }

  /** The server did not know a name, or knew it already: something in between changes the connections all the same. */
  stop(): void {
    this.#isStopped = true;
    this.#clients = new WeakSet();
  }
}
