// The API as a client of one project calls it, and helpers that read the results.

import { expect } from 'vitest';
import type { RunningNode } from '../../../src/node/start-node.ts';
import type { Answer, Api } from '../../support/manager.ts';

export type Body = Record<string, unknown>;
/** Members of a JWK or an item, of any shape. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
export type Item = Record<string, any>;

export interface ProjectApi {
  /** Create JWK. */
  create(body: unknown): Promise<Answer>;
  /** Create JWK from pasted text, or from what becomes that text. */
  paste(name: string, jwk: unknown, kid?: string): Promise<Answer>;
  /** The JWK as GET shows it. */
  jwk(name: string, query?: string): Promise<Item>;
  /** Its `rsa`, `ec`, `oct` or `okp`. */
  material(name: string, query?: string): Promise<Item>;
  /** `path` below the project, such as `keys/`. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  names(kind: 'jwks' | 'certificates' | 'keys' | 'keystores'): Promise<readonly string[]>;
  certificate(fields: Readonly<Record<string, string | Blob | undefined>>): Promise<Answer>;
}

export function projectApi(api: Api, project = 'MyProject'): ProjectApi {
  const call = (method: string, path: string, body?: unknown) =>
    api(method, `/apiops/projects/${encodeURIComponent(project)}/${path}`, body);
  const list = async (path: string): Promise<readonly Item[]> => (await call('GET', path)).body.resultList;
  async function jwk(name: string, query = ''): Promise<Item> {
    const answer = await call('GET', `jwks/${encodeURIComponent(name)}/${query}`);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body.resultList[0];
  }
  return {
    call,
    create: (body) => call('POST', 'jwks/', body),
    paste(name, jwkOrSet, kid) {
      const jwkStr = typeof jwkOrSet === 'string' ? jwkOrSet : JSON.stringify(jwkOrSet);
      return call('POST', 'jwks/', { name, sourceType: 'COPY_PASTE', jwkStr, kid });
    },
    jwk,
    async material(name, query) {
      const found = await jwk(name, query);
      return found[String(found.type).toLowerCase()];
    },
    names: async (kind) => (await list(`${kind}/`)).map(({ name }) => name),
    async certificate(fields) {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) {
        if (typeof value === 'string') form.append(name, value);
        else if (value !== undefined) form.append(name, value, `${name}.pem`);
      }
      return call('POST', 'certificates/', form);
    },
  };
}

export function pemFile(text: string): Blob {
  return new Blob([text], { type: 'application/x-pem-file' });
}

/** The text of a 400 that has the shape of all errors and nothing beside it. */
export function refusal({ status, body }: Answer): string {
  expect({ status, ...body }).toMatchObject({
    status: 400,
    error: 'bad_request',
    error_description: expect.any(String),
  });
  return body.error_description;
}

export function accepted({ status, body }: Answer): void {
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.success).toBe(true);
}

/** What a refused request must leave as it is: every list of the project, and what the nodes have. */
export async function footprint(project: ProjectApi, nodes: readonly RunningNode[]): Promise<unknown> {
  const kinds = ['jwks', 'certificates', 'keys', 'keystores'] as const;
  const lists = await Promise.all(kinds.map(async (kind) => (await project.call('GET', `${kind}/`)).body));
  return { lists, nodes: await Promise.all(nodes.map(nodeStatus)) };
}

export async function nodeStatus(node: RunningNode): Promise<Item> {
  const { revision, counts } = (await (await fetch(`${node.url}/status`)).json()) as Item;
  return { revision, counts };
}

/** The keys that a node publishes for its environment, or for one project. */
export async function publishedKeys(node: RunningNode, project?: string): Promise<readonly Item[]> {
  const path = project === undefined ? '' : `/projects/${project}`;
  const answer = await fetch(`${node.url}${path}/.well-known/jwks.json`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { keys: Item[] }).keys;
}
