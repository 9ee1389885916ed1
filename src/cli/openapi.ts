import type { Command } from 'commander';
import { addCommand } from './client-command.ts';

/** `keyplane openapi`: the description of the API, generated from the schemas that validate requests. */
export function addOpenApiCommand(program: Command): void {
  addCommand(program, {
    usage: 'openapi',
    summary: 'Print the OpenAPI description of the API',
    examples: ['openapi > openapi.json'],
  }).action(async () => {
    const { openapiDocument } = await import('../http/openapi/openapi-document.ts');
    process.stdout.write(`${JSON.stringify(await openapiDocument(), null, 2)}\n`);
  });
}
