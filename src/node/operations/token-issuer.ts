import type { CallingApplication } from './callers/calling-application.ts';

/** What the operations listener needs of token profiles. */
export interface TokenIssuer {
  /** What grants name; undefined where there is no such profile. */
  profileId(project: string, name: string): string | undefined;
  /** @returns JSON text. @throws KeyplaneError */
  issue(request: IssueRequest): Promise<string>;
}

export interface IssueRequest {
  readonly application: CallingApplication;
  readonly profileId: string;
  readonly bodyText: string;
}
