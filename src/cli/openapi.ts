import type { Command } from 'commander';

/** `keyplane openapi`: the API's description on standard output, made from the schemas that validate. */
export function addOpenApiCommand(program: Command): void {
  program
    .command('openapi')
    .description('Print the OpenAPI description of the API')
    .action(async () => {
      const { openapiDocument } = await import('../http/openapi/openapi-document.ts');
      process.stdout.write(`${JSON.stringify(await openapiDocument(), null, 2)}\n`);
    });
}
