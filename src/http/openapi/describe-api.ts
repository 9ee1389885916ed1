// Remembers the routes that are added from now on, for a description of the API. The modules that generate the
// description take megabytes that most managers never need, so they are loaded on the first request.

import type { RouteOptions } from 'fastify';
import type { KeyplaneServer } from '../keyplane-server.ts';
import type { ApiReference } from './api-reference.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The description of this server's routes; generated on the first request. */
    apiReference(): Promise<ApiReference>;
  }
}

/** Call it before any route is added. */
export function describeApi(app: KeyplaneServer, version: string): void {
  const routes: RouteOptions[] = [];
  let reference: Promise<ApiReference> | undefined;
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD' && route.schema?.hide !== true) routes.push(route);
  });
  app.decorate('apiReference', () => {
    reference ??= draw(routes, version);
    // The next request may succeed.
    reference.catch(() => {
      reference = undefined;
    });
    return reference;
  });
}

async function draw(routes: readonly RouteOptions[], version: string): Promise<ApiReference> {
  const { drawReference } = await import('./api-reference.ts');
  return drawReference(routes, version);
}
