import { strict as assert } from 'node:assert';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { zodValidator } from './requests/zod-validator.ts';

const notBuilt = () => assert.fail('the compilers of zod schemas are set before a route is added');

/** Of a server whose schemas are all zod's: left to itself it loads compilers of JSON Schema, which are megabytes. */
export const withoutCompilers: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator: notBuilt, buildSerializer: notBuilt },
};

/** Call it before any route is added. */
export function setZodCompilers(app: FastifyInstance): void {
  app.setValidatorCompiler(zodValidator);
  app.setSerializerCompiler(serializerCompiler);
}
