import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { errorStatus } from '../../src/errors.ts';
import { openapiDocument } from '../../src/http/openapi/openapi-document.ts';

interface Media {
  schema?: { $ref?: string; type?: string };
}
interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>;
}
interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, unknown>; schemas: Record<string, { properties?: object }> };
}

/** A client that signs in has no token yet. */
const opensSessions = new Set(['post /apiops/auth/token', 'post /apiops/auth/session']);

let document: Document;
let operations: { path: string; method: string; operation: Operation }[];
beforeAll(async () => {
  document = (await openapiDocument()) as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
});

describe('the OpenAPI document', () => {
  test('is the one that is committed', async () => {
    const committed = await readFile(new URL('../../openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(document)));
  });

  test('is OpenAPI 3.1 and has operations', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.length).toBeGreaterThan(20);
    expect(document.paths['/apiops/projects/{projectName}/environments']).toBeDefined();
  });

  test('names each operation once, under a tag that it describes', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const { operation } of operations) {
      expect(operation.summary).toBeTruthy();
      expect(
        operation.tags?.every((tag) => tags.has(tag)),
        operation.operationId,
      ).toBe(true);
      expect(operation.tags).toHaveLength(1);
    }
  });

  test('has every parameter of a path', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = operation.parameters
        ?.filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect(described ?? [], path).toEqual(inPath);
    }
  });

  test('lists the errors of each operation of the API, in references that resolve', () => {
    for (const { path, method, operation } of operations) {
      if (!path.startsWith('/apiops')) continue;
      const open = opensSessions.has(`${method} ${path}`);
      expect(operation.security).toEqual(open ? [] : [{ token: [] }]);
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', '400', '401', '500']));
      if (path.includes('{projectName}')) expect(operation.responses).toHaveProperty('404');
      if (operation.requestBody)
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['413', '415']));
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    const components: Record<string, Record<string, unknown>> = document.components;
    for (const [, kind = '', name = ''] of references) expect(components[kind]).toHaveProperty(name);
  });

  test('refers to named schemas for what operations take and answer with', () => {
    const inline = operations
      .filter(({ path }) => path.startsWith('/apiops'))
      .flatMap(({ operation: { operationId, requestBody, responses } }) => {
        const [taken] = Object.values(requestBody?.content ?? {});
        const answered = responses['200']?.content?.['application/json'];
        const schemas = [taken?.schema, answered?.schema].filter((schema) => schema !== undefined);
        return schemas
          .filter(({ $ref, type }) => $ref === undefined && type !== 'string')
          .map(() => operationId);
      });
    expect(inline).toEqual([]);
    expect(Object.keys(document.components.schemas).length).toBeGreaterThan(60);
    const used = new Set(
      Array.from(JSON.stringify(document).matchAll(/schemas\/(\w+)"/g), ([, name]) => name),
    );
    expect(Object.keys(document.components.schemas).filter((name) => !used.has(name))).toEqual([]);
  });

  test('describes a schema that comes in and goes out once where both are the same', () => {
    expect(Object.keys(document.components.schemas).filter((name) => name.endsWith('Input'))).toEqual([]);
  });

  test('knows every code of the closed list of errors', () => {
    expect(document.components.schemas.Error).toMatchObject({
      properties: { error: { enum: Object.keys(errorStatus) } },
    });
  });
});
