// Which requests need a body is as openapi.json says.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { openapiDocument } from '../../src/http/openapi/openapi-document.ts';
import { startTestManager, type TestManager } from '../support/manager.ts';

interface Operation {
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, unknown>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let world: TestManager;
beforeAll(async () => {
  world = await startTestManager({ environments: ['gate'] });
});
afterAll(() => world?.close());

const pathValues: Readonly<Record<string, string>> = { projectName: 'MyProject', environmentName: 'gate' };

test('a body may be left out exactly where the description of the API says so', async () => {
  const { paths } = (await openapiDocument()) as Document;
  const described: string[] = [];
  const accepted: string[] = [];
  let required = 0;
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { requestBody }] of Object.entries(methods)) {
      if (!requestBody || !('application/json' in requestBody.content)) continue;
      const operation = `${method} ${path}`;
      if (requestBody.required) required += 1;
      else described.push(operation);
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => pathValues[name] ?? 'none');
      const { body } = await world.api(method.toUpperCase() as 'POST', url);
      if (body.error_description !== 'Request body is required and must be a JSON object!')
        accepted.push(operation);
    }
  }
  expect(described).toEqual(accepted);
  expect(described).toContain('post /apiops/environments/{environmentName}/nodes/{nodeName}/readmit');
  expect(required).toBeGreaterThan(30);
});
