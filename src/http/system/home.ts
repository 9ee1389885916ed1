import { readFileSync } from 'node:fs';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { openToAnyone } from '../route-access.ts';

export function home(app: KeyplaneServer): void {
  const page = readFileSync(new URL('./home.html', import.meta.url));
  app.route({
    method: 'GET',
    url: '/',
    config: { access: openToAnyone },
    schema: { hide: true },
    handler: async (_request, reply) => reply.type('text/html; charset=utf-8').send(page),
  });
}
