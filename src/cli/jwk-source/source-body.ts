import type { Operations } from '../../../clients/typescript/src/index.ts';

/** The body of Create JWK but for name and description. */
export type SourceBody = Omit<Operations['createJwk']['input']['body'], 'name' | 'description'>;

export interface SourceOrder {
  readonly body: SourceBody;
  /** What was stored on the way, such as `Keystore orders`, and how it is removed again. */
  readonly stored?: { readonly what: string; readonly remove: string; readonly again: string };
}
