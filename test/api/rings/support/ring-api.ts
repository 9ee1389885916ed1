// Key rings as a client of one project calls them.

import { type Answer, type Api, until } from '../../../support/manager.ts';

/** Members of an item, of any shape. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
export type Item = Record<string, any>;

export interface RingApi {
  /** `path` below `key-rings/`. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  create(body: object): Promise<Answer>;
  /** The detail. */
  ring(name: string): Promise<Item>;
  /** States of its members, ascending by version. */
  states(name: string): Promise<readonly string[]>;
  member(name: string, version: number): Promise<Item>;
  /** Until the ring is as `holds` wants it. @returns it */
  ringWhen(name: string, holds: (ring: Item) => boolean, what: string): Promise<Item>;
}

/** A ring that rotates without waiting for caches, where the settings of the manager let it. */
export const es256 = Object.freeze({
  type: 'EC',
  ec: { curveType: 'P256', algorithm: 'ES256' },
  verifierCacheTime: 'PT0S',
  clockSkew: 'PT0S',
});

export function ringApi(api: Api, project = 'MyProject'): RingApi {
  const call = (method: string, path: string, body?: unknown) =>
    api(method, `/apiops/projects/${project}/key-rings/${path}`, body);
  const ring = async (name: string): Promise<Item> => {
    const { body } = await call('GET', `${name}/`);
    return body.resultList[0];
  };
  return {
    call,
    create: (body) => call('POST', '', { ...es256, ...body }),
    ring,
    states: async (name) => (await ring(name)).members.map((member: Item) => member.state),
    member: async (name, version) => (await ring(name)).members[version - 1],
    async ringWhen(name, holds, what) {
      let found = await ring(name);
      await until(async () => {
        found = await ring(name);
        return holds(found);
      }, what);
      return found;
    },
  };
}

/** Settings under which no cache keeps a set. */
export const noCaches = Object.freeze({
  KEYPLANE_JWKS_MAX_AGE: '0',
  KEYPLANE_JWKS_STALE_WHILE_REVALIDATE: '0',
});
