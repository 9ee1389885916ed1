// A manager and nodes, each a process of its own over a folder that survives them.

import { generateKeyPairSync, hash } from 'node:crypto';
import { join } from 'node:path';
import { type Api, signedIn } from '../../support/manager.ts';
import { eventually } from './eventually.ts';
import { type NodeOrder, node, type ServeProcess, serve } from './keyplane-process.ts';
import { freePorts } from './ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const password = 'a password for the tests';

export interface World {
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  readonly manager: ServeProcess;
  readonly api: Api;
  /** Of the environment `production`; any number of nodes join with it. */
  readonly token: string;
  /** Once it was ended: the manager again, over the same data, on the same port. */
  startManager(start?: ManagerStart): Promise<void>;
  /** A node of `production`; its data directory goes by its name. */
  startNode(name: string, order?: Partial<NodeOrder>): Promise<ServeProcess>;
  connected(name: string): Promise<void>;
}

/** What is different at one start. */
export interface ManagerStart {
  readonly settings?: Readonly<Record<string, string>>;
  readonly preload?: readonly string[];
}

/** With project `MyProject` and environment `production`, and no node yet. */
export async function startWorld(settings: Readonly<Record<string, string>> = {}): Promise<World> {
  const folder = await temporaryFolder();
  const port = await freePorts(1);
  const all = { KEYPLANE_PORT: String(port), KEYPLANE_ADMIN_PASSWORD: password, ...settings };
  const start = ({ settings: more = {}, preload = [] }: ManagerStart = {}) =>
    serve(join(folder, 'manager'), { ...all, ...more }, preload);
  let manager = await start();
  const { url } = manager;
  const api = await signedIn(url, 'admin', password);
  await made(api, '/apiops/projects/', { name: 'MyProject' });
  await made(api, '/apiops/environments/', {
    name: 'production',
    type: 'PRODUCTION',
    environmentSet: true,
  });
  const { token } = await made(api, '/apiops/environments/production/enrollment-tokens/', {
    privateKeys: true,
  });
  return {
    folder,
    port,
    url,
    get manager() {
      return manager;
    },
    api,
    token,
    async startManager(how) {
      manager = await start(how);
    },
    startNode: (name, order = {}) =>
      node({ managerUrl: url, token, name, dataDir: join(folder, name), ...order }),
    connected: (name) =>
      eventually(async () => {
        const { body } = await api('GET', '/apiops/environments/production/nodes/');
        return body.resultList.some(
          (seen: { name: string; connected: boolean }) => seen.name === name && seen.connected,
        );
      }, `node ${name} connects`),
  };
}

export async function made(api: Api, path: string, body?: unknown) {
  const answer = await api('POST', path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The body of Create JWK with a new P-256 key. */
export function pastedJwk(name: string): { name: string; sourceType: string; jwkStr: string } {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return { name, sourceType: 'COPY_PASTE', jwkStr: JSON.stringify({ ...jwk, kid: name }) };
}

export const jwksPath = '/apiops/projects/MyProject/jwks/';

export interface ServedSet {
  readonly status: number;
  readonly etag: string | null;
  /** SHA-256 of the body: what two nodes serve is compared, not read. */
  readonly bytes: string;
}

export async function setOf(node: { readonly url: string }): Promise<ServedSet> {
  const answer = await fetch(`${node.url}/.well-known/jwks.json`);
  const bytes = hash('sha256', Buffer.from(await answer.arrayBuffer()));
  return { status: answer.status, etag: answer.headers.get('etag'), bytes };
}

/** Empty while the node has no state. */
export async function kidsOf(node: { readonly url: string }): Promise<string[]> {
  const answer = await fetch(`${node.url}/.well-known/jwks.json`);
  const { keys = [] } = (await answer.json()) as { keys?: { kid: string }[] };
  return keys.map(({ kid }) => kid);
}

export async function statusOf(node: { readonly url: string }) {
  return (await (await fetch(`${node.url}/status`)).json()) as { revision: number; connected: boolean };
}

/** Names of all JWKs of the project, however many pages they fill. */
export async function jwkNames(api: Api): Promise<string[]> {
  const names: string[] = [];
  for (let page = 1; ; page += 1) {
    const { body } = await api('GET', `${jwksPath}?page=${page}&size=100`);
    names.push(...body.resultList.map(({ name }: { name: string }) => name));
    if (body.resultList.length < 100) return names;
  }
}
