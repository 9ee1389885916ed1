import type { CreateJwk } from '../../../clients/typescript/src/index.ts';

type MemberOf<Body> = Body extends unknown ? keyof Body : never;
type ValueOf<Body, Member> = Body extends unknown
  ? Member extends keyof Body
    ? Body[Member]
    : never
  : never;

/** Members of the body of Create JWK, of any source; which are missing is for the manager to say. */
export type SourceBody = {
  readonly [Member in Exclude<MemberOf<CreateJwk>, 'name' | 'description'>]?:
    | ValueOf<CreateJwk, Member>
    | undefined;
};

export interface SourceOrder {
  readonly body: SourceBody;
  /** What was stored on the way, such as `Keystore orders`, and how it is removed again. */
  readonly stored?: { readonly what: string; readonly remove: string; readonly again: string };
}
