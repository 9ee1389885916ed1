import { cliCommand } from '../../runtime/cli-command.ts';

export interface QuickstartFacts {
  readonly url: string;
  /** Of a manager with TLS; curl may not trust its issuer. */
  readonly certFile: string | undefined;
  readonly nodeUrls: readonly string[];
  readonly firstAdmin: { readonly username: string; readonly password: string | undefined } | undefined;
  readonly seconds: number;
  readonly logPath: string;
  readonly apiToken: string;
  readonly exampleName: string;
  /** A public JWK that was generated for this start. */
  readonly exampleJwk: string;
}

/** The output of `keyplane start`: addresses, and commands that work when pasted. */
export function quickstartText(facts: QuickstartFacts): string {
  const { url, certFile, nodeUrls, firstAdmin, seconds, logPath, apiToken, exampleName, exampleJwk } = facts;
  const body = JSON.stringify({ name: exampleName, sourceType: 'COPY_PASTE', jwkStr: exampleJwk });
  const [production = '', staging = ''] = nodeUrls;
  const curlTrust = certFile === undefined ? '' : `--cacert '${certFile}' `;
  const cliTrust = certFile === undefined ? '' : `export NODE_EXTRA_CA_CERTS='${certFile}'\n`;
  const admin = firstAdmin?.password
    ? `  Admin       ${firstAdmin.username} / ${firstAdmin.password}  (shown once)\n`
    : '';
  return `
keyplane is ready (${seconds.toFixed(1)} s)

  Console     ${url}/
  API         ${url}/docs
  production  ${production}/.well-known/jwks.json
  staging     ${staging}/.well-known/jwks.json
${admin}  API token   ${apiToken}
  Log         ${logPath}

Create a JWK and see it live on both nodes:

curl ${curlTrust}-X POST '${url}/apiops/projects/MyProject/jwks/' \\
  -H 'Authorization: Bearer ${apiToken}' \\
  -H 'Content-Type: application/json' \\
  -d '${body}'

curl '${production}/projects/MyProject/.well-known/jwks.json'

Or from the command line (docs/cli.md), with the token above:

${cliTrust}echo '${apiToken}' | ${cliCommand} login ${url} --token-stdin
${cliCommand} status

Ctrl+C stops everything.
`;
}
