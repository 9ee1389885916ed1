import { cliCommand } from '../../runtime/cli-command.ts';
import { demoRing, quickstartProject } from './prepare-demo.ts';

export interface QuickstartFacts {
  readonly url: string;
  /** Of a manager with TLS; curl may not trust its issuer. */
  readonly certFile: string | undefined;
  readonly nodeUrls: readonly string[];
  /** Where applications sign and verify. */
  readonly operations: readonly { readonly environment: string; readonly url: string }[];
  readonly firstAdmin: { readonly username: string; readonly password: string | undefined } | undefined;
  readonly seconds: number;
  readonly logPath: string;
  readonly apiToken: string;
  readonly exampleName: string;
  /** A public JWK that was generated for this start. */
  readonly exampleJwk: string;
  /** Secret, of the application that may use the key ring of the quickstart. */
  readonly demoToken: string | undefined;
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
${operationsText(facts)}${admin}  API token   ${apiToken}
  Log         ${logPath}

Create a JWK and see it live on both nodes:

curl ${curlTrust}-X POST '${url}/apiops/projects/MyProject/jwks/' \\
  -H 'Authorization: Bearer ${apiToken}' \\
  -H 'Content-Type: application/json' \\
  -d '${body}'

curl '${production}/projects/MyProject/.well-known/jwks.json'

${signingText(facts)}Or from the command line (docs/cli.md), with the token above:

${cliTrust}echo '${apiToken}' | ${cliCommand} login ${url} --token-stdin
${cliCommand} status

Ctrl+C stops everything.
`;
}

function operationsText({ operations }: QuickstartFacts): string {
  return operations.map(({ environment, url }) => `  Operations  ${url}  (${environment})\n`).join('');
}

/** One node signs, the other verifies. */
function signingText({ operations, demoToken }: QuickstartFacts): string {
  const signing = operations[0];
  const verifying = operations.at(-1);
  if (signing === undefined || verifying === undefined || demoToken === undefined) return '';
  const ring = `projects/${quickstartProject}/key-rings/${demoRing}`;
  const headers = `  -H 'Authorization: Bearer ${demoToken}' \\
  -H 'Content-Type: application/json' \\
`;
  return `Sign a token at one node and verify it at the other (the key never leaves the nodes):

JWS=$(curl -s -X POST '${signing.url}/${ring}/sign' \\
${headers}  -d '{"claims": {"sub": "ada"}}' | sed 's/.*"jws":"\\([^"]*\\)".*/\\1/')

curl -s -X POST '${verifying.url}/${ring}/verify' \\
${headers}  -d "{\\"jws\\": \\"$JWS\\"}"

`;
}
