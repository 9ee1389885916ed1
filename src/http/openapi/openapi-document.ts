import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Refusals } from '../../metrics/refusals.ts';
import { version } from '../../version.ts';
import type { HttpServices } from '../http-services.ts';
import { buildServer } from '../server.ts';

/** The API's description without a manager behind it: the routes are built, and none of them is called. */
export async function openapiDocument(): Promise<object> {
  const metrics = new Registry();
  const logger = pino({ level: 'silent' });
  const app = buildServer({
    services: {} as HttpServices,
    logger,
    metrics,
    refusals: new Refusals({ metrics, log: logger }),
    version,
  });
  try {
    await app.ready();
    return (await app.apiReference()).document;
  } finally {
    await app.close();
  }
}
