import { type ClaimsCheck, compileClaimsSchema } from './claims-schema.ts';
import type { SchemaObject } from './schema-bounds.ts';

const mostChecks = 32;

/** Keeps the compiled schemas that were used last: a compilation takes milliseconds. */
export class ClaimsChecks {
  /** By the text of the schema, the one that was used last at the end. */
  readonly #checks = new Map<string, ClaimsCheck>();

  /** @param schema one that was checked when it was stored */
  of(schema: SchemaObject): ClaimsCheck {
    const text = JSON.stringify(schema);
    const check = this.#checks.get(text) ?? compileClaimsSchema(schema);
    this.#checks.delete(text);
    this.#checks.set(text, check);
    for (const oldest of this.#checks.keys()) {
      if (this.#checks.size <= mostChecks) break;
      this.#checks.delete(oldest);
    }
    return check;
  }
}
