import type { Command } from 'commander';

/** What an outlet delivers, by name. */
export interface SourceNameFlags {
  readonly ring?: string;
  readonly jwk?: string;
  readonly view?: string;
  readonly certificate?: string;
  readonly tokenProfile?: string;
}

export function addOutletSourceFilter(command: Command): Command {
  return command
    .option('--ring <NAME>', 'only outlets of this key ring')
    .option('--jwk <NAME>', 'only outlets of this JWK')
    .option('--view <NAME>', 'only outlets of this view')
    .option('--certificate <NAME>', 'only outlets of this certificate')
    .option('--token-profile <NAME>', 'only outlets of this token profile');
}

/** As the API names them; empty without a flag. */
export function givenSource({ ring, jwk, view, certificate, tokenProfile }: SourceNameFlags) {
  return {
    ...(ring !== undefined && { keyRingName: ring }),
    ...(jwk !== undefined && { jwkName: jwk }),
    ...(view !== undefined && { viewName: view }),
    ...(certificate !== undefined && { certificateName: certificate }),
    ...(tokenProfile !== undefined && { tokenProfileName: tokenProfile }),
  };
}
