// The API's description of what names a source, beside the sources themselves.

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isKeyplaneError } from '../../src/errors.ts';
import { sourceMembers } from '../../src/http/jwks/source-schemas.ts';
import { jwkSource, type SourceType, sourceTypes } from '../../src/sources/sources.ts';

const example: Readonly<Record<string, unknown>> = {
  url: 'https://partner.example/jwks.json',
  jwkStr: '{}',
  certificateName: 'orders',
  keyName: 'orders',
  keyStoreName: 'orders',
  environmentName: 'production',
  aliasName: 'orders',
  useType: 'SIGNATURE',
  algorithm: 'RS256',
};

function requiredOf(name: SourceType): readonly string[] {
  return z.toJSONSchema(z.strictObject(sourceMembers(name)), { io: 'input' }).required ?? [];
}

describe.each(sourceTypes)('the description of source type %s', (name) => {
  const source = jwkSource(name);

  test('has the members that the source takes', () => {
    expect(Object.keys(sourceMembers(name)).sort()).toEqual([...source.fields].sort());
  });

  test('requires what the source requires', () => {
    const required = requiredOf(name);
    const whole = Object.fromEntries(required.map((member) => [member, example[member]]));
    expect(() => source.checkFields(whole)).not.toThrow();
    for (const member of required) {
      const { [member]: _missing, ...rest } = whole;
      let thrown: unknown;
      try {
        source.checkFields(rest);
      } catch (error) {
        thrown = error;
      }
      expect(isKeyplaneError(thrown) && thrown, member).toMatchObject({ reason: 'FIELD_REQUIRED', member });
    }
    expect(required.length).toBeGreaterThan(0);
  });
});
