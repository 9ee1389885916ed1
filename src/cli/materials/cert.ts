import type { Command } from 'commander';
import type { Certificate } from '../../../clients/typescript/src/index.ts';
import { nounCommand, projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment.ts';
import { readInput } from '../terminal/input.ts';
import { type OutFlags, outOptions, refuseTakenFile, writeFileOrOutput } from '../terminal/out-file.ts';
import { show } from '../terminal/output.ts';
import { withProgress } from '../terminal/progress.ts';
import { dayOf, factLines, shortTime, textTable } from '../terminal/table.ts';
import { addMaterialVerbs } from './material-verbs.ts';
import { addReplacementOptions, type ReplacementFlags, referencePolicy } from './replacement-flags.ts';
import { targetEnvironments } from './target-environments.ts';

interface CertFlags extends ReplacementFlags {
  readonly alias?: string;
}

const head = ['NAME', 'ENVIRONMENT', 'ALIAS', 'SUBJECT', 'VALID UNTIL'];

const rowsOf = ({ name, certificateEnvironmentList }: Certificate) =>
  certificateEnvironmentList.map((one) => [
    name,
    one.environmentName,
    one.alias,
    one.subjectDn,
    dayOf(one.endDate),
  ]);

/** `keyplane cert`: certificates of a project. */
export function addCertCommand(program: Command): void {
  const noun = nounCommand(program, 'cert', 'Certificates of a project, which JWKs are made from');
  addCertCreate(noun);
  addCertUpdate(noun);
  addMaterialVerbs<Certificate>(noun, {
    ...{ noun: 'cert', word: 'certificate', head, rowsOf },
    list: (client, query) => client.listCertificates(query),
    get: (client, projectName, certificateName) => client.getCertificate({ projectName, certificateName }),
    delete: (client, projectName, certificateName) =>
      client.deleteCertificate({ projectName, certificateName }),
    references: (client, projectName, certificateName) =>
      client.listCertificateReferences({ projectName, certificateName }),
  });
  addCertExport(noun);
  addCertInspect(noun);
  addTruststore(noun);
}

function addCertCreate(noun: Command): void {
  projectCommand(noun, {
    usage: 'create <NAME> <FILE>',
    summary: 'Store a certificate (PEM or DER, with its chain behind it) and deploy it; - is standard input',
    examples: ['cert create gateway gateway.pem', 'cert create gateway gateway.pem --environment production'],
  })
    .option('--alias <ALIAS>', 'unique among the certificates of an environment (default: its name)')
    .option('--environment <NAMES>', 'separated by commas (default: all that the project reaches)')
    .option('--description <TEXT>', 'for people to read')
    .action(async (name: string, file: string, flags: CertFlags) => {
      const pemEncodedFile = await readPem(file);
      const connection = await connectToProject(flags);
      const { client, projectName } = connection;
      const environmentList = (await targetEnvironments(connection, flags.environment)).join(',');
      const own = { certificateName: name, alias: flags.alias ?? name, environmentList, pemEncodedFile };
      const body = { ...own, certificateDescription: flags.description };
      const work = client.createCertificate({ projectName, body });
      showDeployed(flags, await withProgress('Storing the certificate', work), `Created certificate ${name}`);
    });
}

function addCertUpdate(noun: Command): void {
  const command = projectCommand(noun, {
    usage: 'update <NAME> <FILE>',
    summary: 'Replace a certificate; - is standard input',
    examples: ['cert update gateway gateway-2027.pem --update-jwks'],
  }).option('--alias <ALIAS>', 'another alias (default: the one it has)');
  addReplacementOptions(command).action(async (name: string, file: string, flags: CertFlags) => {
    const pemEncodedFile = await readPem(file);
    const { client, projectName } = await connectToProject(flags);
    const { resultList } = await client.getCertificate({ projectName, certificateName: name });
    const before = resultList[0]?.certificateEnvironmentList ?? [];
    const environmentList =
      flags.environment ?? before.map(({ environmentName }) => environmentName).join(',');
    const own = { alias: flags.alias ?? before[0]?.alias ?? '', environmentList, pemEncodedFile };
    const body = { ...own, certificateDescription: flags.description };
    const of = { projectName, certificateName: name, ...referencePolicy(flags) };
    const work = client.updateCertificate({ ...of, body });
    showDeployed(flags, await withProgress('Replacing the certificate', work), `Updated certificate ${name}`);
  });
}

function addCertExport(noun: Command): void {
  const command = projectCommand(noun, {
    usage: 'export <NAME>',
    summary: 'Export a certificate as a ZIP with one DER file an environment',
    examples: ['cert export gateway --out gateway.zip'],
  });
  outOptions(command).action(async (name: string, flags: ProjectFlags & OutFlags) => {
    refuseTakenFile(flags);
    const { client, projectName } = await connectToProject(flags);
    await writeFileOrOutput(flags, await client.exportCertificate({ projectName, certificateName: name }));
  });
}

function addCertInspect(noun: Command): void {
  projectCommand(noun, {
    usage: 'inspect <FILE>',
    summary: 'Let the manager look into a certificate file, and store nothing; - is standard input',
    examples: ['cert inspect gateway.pem'],
  }).action(async (file: string, flags: ProjectFlags) => {
    const body = { pemEncodedFile: await readPem(file) };
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.inspectCertificate({ projectName, body });
    show(flags, answer, () =>
      answer.resultList
        .map((one) =>
          factLines([
            ...[['Subject', one.subjectDn] as const, ['Issuer', one.issuerDn] as const],
            ...[
              ['Serial number', one.serialNumber] as const,
              ['Not before', shortTime(one.notBefore)] as const,
            ],
            ...[['Not after', shortTime(one.notAfter)] as const, ['SHA-1', one.sha1Thumbprint] as const],
            ['SHA-256', one.sha256Thumbprint],
          ]),
        )
        .join('\n'),
    );
  });
}

function addTruststore(noun: Command): void {
  projectCommand(noun, {
    usage: 'truststore <ENVIRONMENT>',
    summary: 'List the truststore of an environment, which is what project admin has in it',
    examples: ['cert truststore production --project admin'],
  }).action(async (environmentName: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.listTruststore({ projectName, environmentName });
    show(flags, answer, () => textTable(head, answer.resultList.flatMap(rowsOf)));
  });
}

/** PEM of the certificates, also of a DER file. */
async function readPem(path: string): Promise<string> {
  const { readSourceFile, kindName } = await import('../files/source-file.ts');
  const file = readSourceFile(await readInput(path), 'CERTIFICATE');
  if (file.kind === 'CERTIFICATE') return file.pem;
  throw wrongUsage(`${path} is ${kindName(file)}, and a certificate is wanted`);
}
