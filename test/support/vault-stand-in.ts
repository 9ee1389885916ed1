// A stand-in for a server of Vault: signing in by AppRole, and a key/value engine, version 2, in memory. A test has it misbehave
// as no real server does on demand.

import { type Answer, startHttpServer } from './http-servers.ts';

export interface VaultStandIn {
  readonly url: string;
  /** By `{mount}/{path}`. */
  readonly secrets: Map<string, { version: number; data: Record<string, string> | null }>;
  /** What it answers from now on instead; undefined: as a server that is well. */
  answerWith(answer: Answer | undefined): void;
  /** It writes the next secret that it gets, and closes the connection without an answer. */
  loseNextAnswer(): void;
  /** Another program writes the next secret between the reading and the writing of it. */
  overtakeNextWrite(): void;
  close(): Promise<void>;
}

export const vaultError =
  (status: number, ...errors: string[]): Answer =>
  (_request, response) => {
    response.writeHead(status).end(JSON.stringify({ errors }));
  };

export async function startVaultStandIn(): Promise<VaultStandIn> {
  const secrets: VaultStandIn['secrets'] = new Map();
  let answer: Answer | undefined;
  let isLosing = false;
  let isOvertaking = false;
  const server = await startHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (answer) return answer(request, response);
    const path = String(request.url);
    const respond = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    if (path.endsWith('/login')) return respond(200, { auth: { client_token: 'token' } });
    if (path.endsWith('/revoke-self')) return respond(204, {});
    const name = path.replace('/v1/', '').replace('/data/', '/');
    const there = secrets.get(name);
    const version = there?.version ?? 0;
    if (request.method === 'GET') {
      const data = { data: there?.data ?? null, metadata: { version } };
      return respond(there?.data ? 200 : 404, there ? { data } : { errors: [] });
    }
    const { options, data } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (isOvertaking) secrets.set(name, { version: version + 1, data: { mine: 'yes' } });
    isOvertaking = false;
    if (options.cas !== (secrets.get(name)?.version ?? 0))
      return vaultError(400, 'check-and-set parameter did not match')(request, response);
    secrets.set(name, { version: version + 1, data });
    if (!isLosing) return respond(200, { data: { version: version + 1 } });
    isLosing = false;
    request.socket.destroy();
  });
  return {
    url: server.origin,
    secrets,
    answerWith(next) {
      answer = next;
    },
    loseNextAnswer() {
      isLosing = true;
    },
    overtakeNextWrite() {
      isOvertaking = true;
    },
    close: () => server.close(),
  };
}
