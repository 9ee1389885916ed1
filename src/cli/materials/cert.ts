import type { Command } from 'commander';
import type { Certificate } from '../../../clients/typescript/src/index.ts';
import { exactTimeText, timeAndDistance, timeText } from '../../runtime/time-text.ts';
import {
  addCommand,
  addConnectionOptions,
  addProjectOption,
  deployingCommand,
  groupCommand,
  projectCommand,
} from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { readInput } from '../terminal/input.ts';
import { type OutFlags, outOptions, requireFreeFile, writeFileOrOutput } from '../terminal/out-file.ts';
import { show } from '../terminal/output.ts';
import { documentFormats, listFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { factLines } from '../terminal/table.ts';
import { addMaterialCommands, type MaterialType, showMaterials } from './material-commands.ts';
import { addReplacementOptions, type ReplacementFlags, referencePolicy } from './replacement-options.ts';
import { targetEnvironments } from './target-environments.ts';

interface CertFlags extends ReplacementFlags {
  readonly alias?: string;
}

type CertificateEntry = Certificate['certificateEnvironmentList'][number];

const certificates: MaterialType<Certificate, CertificateEntry> = {
  group: 'cert',
  word: 'certificate',
  names: 'certificates',
  columns: [
    { head: 'ENVIRONMENT', value: ({ entry }) => entry.environmentName },
    { head: 'ALIAS', value: ({ entry }) => entry.alias },
    { head: 'SUBJECT', value: ({ entry }) => entry.subjectDn },
    { head: 'NOT BEFORE', isWide: true, value: ({ entry }) => timeText(entry.startDate) },
    { head: 'EXPIRES', value: ({ entry }) => timeText(entry.endDate) },
    { head: 'SHA-1', isWide: true, value: ({ entry }) => entry.sha1Thumbprint },
  ],
  entriesOf: ({ certificateEnvironmentList }) => certificateEnvironmentList,
  list: (client, query) => client.listCertificates(query),
  get: (client, projectName, certificateName) => client.getCertificate({ projectName, certificateName }),
  delete: (client, projectName, certificateName) =>
    client.deleteCertificate({ projectName, certificateName }),
  references: (client, projectName, certificateName) =>
    client.listCertificateReferences({ projectName, certificateName }),
};

/** `keyplane cert`: certificates of a project. */
export function addCertCommand(program: Command): void {
  const group = groupCommand(program, 'cert', 'Certificates of a project, from which JWKs are created');
  addCertCreate(group);
  addCertUpdate(group);
  addMaterialCommands(group, certificates);
  addCertExport(group);
  addCertInspect(group);
  addTruststore(group);
}

function addCertCreate(group: Command): void {
  deployingCommand(group, {
    usage: 'create <NAME> <FILE>',
    summary: 'Store a certificate (PEM or DER, followed by its chain) and deploy it; - reads standard input',
    examples: ['cert create gateway gateway.pem', 'cert create gateway gateway.pem --environment production'],
  })
    .option('--alias <ALIAS>', 'unique among the certificates of an environment (default: its name)')
    .option('--environment <NAMES>', 'separated by commas (default: all of the project)')
    .option('--description <TEXT>', 'free text')
    .action(async (name: string, file: string, flags: CertFlags) => {
      const pemEncodedFile = await readPem(file);
      const connection = await connectToProject(flags);
      const { client, projectName } = connection;
      const body = {
        certificateName: name,
        alias: flags.alias ?? name,
        environmentList: (await targetEnvironments(connection, flags.environment)).join(','),
        pemEncodedFile,
        certificateDescription: flags.description,
      };
      const work = client.createCertificate({ projectName, body });
      const answer = await withProgress('Storing the certificate', work);
      await showDeployed(client, flags, { answer, done: `Created certificate ${name}` });
    });
}

function addCertUpdate(group: Command): void {
  const command = deployingCommand(group, {
    usage: 'update <NAME> <FILE>',
    summary: 'Replace a certificate; - reads standard input',
    examples: ['cert update gateway gateway-2027.pem --update-jwks --wait'],
    completes: ['certificates'],
  }).option('--alias <ALIAS>', 'another alias (default: the one it has)');
  addReplacementOptions(command).action(async (name: string, file: string, flags: CertFlags) => {
    const pemEncodedFile = await readPem(file);
    const { client, projectName } = await connectToProject(flags);
    const { resultList } = await client.getCertificate({ projectName, certificateName: name });
    const before = resultList[0]?.certificateEnvironmentList ?? [];
    const body = {
      alias: flags.alias ?? before[0]?.alias ?? '',
      environmentList: flags.environment ?? before.map(({ environmentName }) => environmentName).join(','),
      pemEncodedFile,
      certificateDescription: flags.description,
    };
    const of = { projectName, certificateName: name, ...referencePolicy(flags) };
    const answer = await withProgress('Replacing the certificate', client.updateCertificate({ ...of, body }));
    await showDeployed(client, flags, { answer, done: `Updated certificate ${name}` });
  });
}

function addCertExport(group: Command): void {
  const command = addCommand(group, {
    usage: 'export <NAME>',
    summary: 'Export a certificate as a ZIP with one DER file for each environment',
    examples: ['cert export gateway --out gateway.zip'],
    completes: ['certificates'],
  });
  outOptions(addProjectOption(addConnectionOptions(command))).action(
    async (name: string, flags: ProjectFlags & OutFlags) => {
      requireFreeFile(flags);
      const { client, projectName } = await connectToProject(flags);
      await writeFileOrOutput(flags, await client.exportCertificate({ projectName, certificateName: name }));
    },
  );
}

function addCertInspect(group: Command): void {
  projectCommand(group, {
    usage: 'inspect <FILE>',
    summary: 'Let the manager read a certificate file without storing it; - reads standard input',
    examples: ['cert inspect gateway.pem'],
    formats: documentFormats,
  }).action(async (file: string, flags: ProjectFlags) => {
    const body = { pemEncodedFile: await readPem(file) };
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.inspectCertificate({ projectName, body });
    const text = (time: (instant: string) => string | null) =>
      answer.resultList
        .map((one) =>
          factLines([
            ['Subject', one.subjectDn],
            ['Issuer', one.issuerDn],
            ['Serial number', one.serialNumber],
            ['Not before', time(one.notBefore)],
            ['Expires', time(one.notAfter)],
            ['SHA-1', one.sha1Thumbprint],
            ['SHA-256', one.sha256Thumbprint],
          ]),
        )
        .join('\n');
    show(flags, answer, { table: () => text(timeAndDistance), wide: () => text(exactTimeText) });
  });
}

function addTruststore(group: Command): void {
  projectCommand(group, {
    usage: 'truststore <ENVIRONMENT>',
    summary: 'List the truststore of an environment: the certificates that project admin has in it',
    examples: ['cert truststore production --project admin'],
    completes: ['environments'],
    formats: listFormats,
  }).action(async (environmentName: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    showMaterials(flags, await client.listTruststore({ projectName, environmentName }), certificates);
  });
}

/** PEM of the certificates, also of a DER file. */
async function readPem(path: string): Promise<string> {
  const { readSourceFile, kindName } = await import('../files/source-file.ts');
  const file = readSourceFile(await readInput(path), 'CERTIFICATE');
  if (file.kind === 'CERTIFICATE') return file.pem;
  throw wrongUsage(`${path} is ${kindName(file)}: a certificate is required`);
}
