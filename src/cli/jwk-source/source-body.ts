import type { CreateJwk } from '../../../clients/typescript/src/index.ts';

type MemberOf<Body> = Body extends unknown ? keyof Body : never;
type ValueOf<Body, Member> = Body extends unknown
  ? Member extends keyof Body
    ? Body[Member]
    : never
  : never;

/** Members of the body of Create JWK, of any source. The manager reports which are missing. */
export type SourceBody = {
  readonly [Member in Exclude<MemberOf<CreateJwk>, 'name' | 'description'>]?:
    | ValueOf<CreateJwk, Member>
    | undefined;
};

export interface SourceFileRequest {
  readonly body: SourceBody;
  /** Material that was stored first, such as `Keystore orders`, with the flags to use it and the command that removes it. */
  readonly stored?: { readonly what: string; readonly remove: string; readonly again: string };
}
