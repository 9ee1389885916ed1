import type { Command } from 'commander';
import type { Outlet, OutletDelivery, OutletTrial } from '../../../clients/typescript/src/index.ts';
import { listed } from '../../outlets/kinds/kinds.ts';
import { leavesPhrases, namesTakenOver } from '../../outlets/kinds/outlet-kind-texts.ts';
import { deliveryStates } from '../../outlets/outlet.ts';
import { timeAndDistance, timeText } from '../../runtime/time-text.ts';
import {
  addListOptions,
  deployingCommand,
  groupCommand,
  type ListFlags,
  projectCommand,
  type WaitFlags,
} from '../client-command.ts';
import { addDeletion } from '../deletion.ts';
import { exitCode } from '../failure.ts';
import { allItems } from '../session/all-items.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { showDeployed } from '../terminal/deployment-result.ts';
import { type ListOutput, show, showList } from '../terminal/output.ts';
import { documentFormats, listFormats } from '../terminal/output-format.ts';
import { withProgress } from '../terminal/progress.ts';
import { factLines, textTable } from '../terminal/table.ts';
import { addOutletChanges } from './change.ts';
import { addOutletSourceFilter, givenSource, type SourceNameFlags } from './outlet-source-flags.ts';

interface OutletListFlags extends ProjectFlags, ListFlags, SourceNameFlags {}

const listView: ListOutput<Outlet> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'KIND', value: ({ kind }) => kind },
    { head: 'CONTENT', value: ({ content }) => content },
    { head: 'SOURCE', value: ({ source }) => sourceText(source) },
    { head: 'STATES', value: ({ environments }) => statesText(environments) },
    { head: 'ENVIRONMENTS', isWide: true, value: (outlet) => environmentsText(outlet) },
    { head: 'GATE', isWide: true, value: ({ gate }) => gate },
    { head: 'CREATED', isWide: true, value: ({ createdAt }) => timeText(createdAt) },
    { head: 'UPDATED', isWide: true, value: ({ updatedAt }) => timeText(updatedAt) },
    { head: 'DESCRIPTION', isWide: true, value: ({ description }) => description },
  ],
  name: ({ name }) => name,
};

/** `keyplane outlet`: keys or events of a project, delivered to components. */
export function addOutletCommand(program: Command): void {
  const group = groupCommand(
    program,
    'outlet',
    'Outlets of a project: keys or events, delivered to components in their own form',
  );
  const list = projectCommand(group, {
    usage: 'list',
    summary: 'List the outlets of a project, with the number of deliveries in each state',
    examples: ['outlet list', 'outlet list --ring orders', 'outlet list --output wide'],
    formats: listFormats,
  });
  addOutletSourceFilter(addListOptions(list)).action(async (flags: OutletListFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const source = givenSource(flags);
    const answer = await allItems(flags, (query) => client.listOutlets({ projectName, ...query, ...source }));
    showList(flags, answer, listView);
  });
  projectCommand(group, {
    usage: 'get <NAME>',
    summary: 'Show an outlet and the state of its deliveries; its credential is never shown',
    examples: ['outlet get gateway', 'outlet get gateway --output wide', 'outlet get gateway --output json'],
    completes: ['outlets'],
    formats: documentFormats,
  }).action(async (outletName: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await client.getOutlet({ projectName, outletName });
    const text = (isWide: boolean) => answer.resultList.map((one) => outletText(one, isWide)).join('');
    show(flags, answer, { table: () => text(false), wide: () => text(true) });
  });
  addOutletChanges(group);
  addDeletion(group, {
    word: 'outlet',
    summary: `Delete an outlet; nodes remove its files, and ${listed(leavesPhrases)} ${leavesPhrases.length === 1 ? 'stays' : 'stay'}`,
    examples: ['outlet delete gateway', 'outlet delete gateway --yes --wait'],
    completes: ['outlets'],
    remove: (client, ref) => client.deleteOutlet({ projectName: ref.projectName, outletName: ref.name }),
  });
  addDeliver(group);
  addTest(group);
}

function addDeliver(group: Command): void {
  deployingCommand(group, {
    usage: 'deliver <NAME>',
    summary: 'Deliver an outlet now, also where nothing differs; deliveries that failed are tried at once',
    examples: ['outlet deliver gateway --wait', 'outlet deliver vault --force'],
    completes: ['outlets'],
  })
    .option('--force', `of ${namesTakenOver}: replace a version that another program wrote`)
    .action(async (outletName: string, flags: ProjectFlags & WaitFlags & { readonly force?: boolean }) => {
      const { client, projectName } = await connectToProject(flags);
      const work = client.deliverOutlet({ projectName, outletName, body: { force: flags.force } });
      const answer = await withProgress('Requesting the delivery', work);
      await showDeployed(client, flags, { answer, done: `Requested a delivery of outlet ${outletName}` });
    });
}

function addTest(group: Command): void {
  projectCommand(group, {
    usage: 'test <NAME>',
    summary: 'Test whether an outlet can be delivered; exit code 1 where it cannot',
    examples: ['outlet test gateway', 'outlet test chat --output json'],
    completes: ['outlets'],
    formats: documentFormats,
  }).action(async (outletName: string, flags: ProjectFlags) => {
    const { client, projectName } = await connectToProject(flags);
    const answer = await withProgress(
      'Testing the outlet',
      client.testOutlet({ projectName, outletName, body: {} }),
    );
    show(flags, answer, { table: () => trialsText(answer.resultList) });
    if (answer.resultList.some(({ success }) => !success)) process.exitCode = exitCode.failed;
  });
}

function trialsText(trials: readonly OutletTrial[]): string {
  const rows = trials.map(({ environmentName, nodeName, success, message }) => [
    environmentName,
    nodeName,
    success ? 'passed' : 'failed',
    message,
  ]);
  return textTable(['ENVIRONMENT', 'NODE', 'RESULT', 'MESSAGE'], rows);
}

function sourceText(source: Outlet['source']): string {
  if (source === null) return 'set of the project';
  const { keyRingName, jwkName, viewName, certificateName, tokenProfileName } = source;
  if (keyRingName !== undefined) return `key ring ${keyRingName}`;
  if (jwkName !== undefined) return `JWK ${jwkName}`;
  if (viewName !== undefined) return `view ${viewName}`;
  if (certificateName !== undefined) return `certificate ${certificateName}`;
  return `token profile ${tokenProfileName}`;
}

/** Such as `2 CURRENT, 1 FAILING`. */
function statesText(deliveries: readonly OutletDelivery[]): string {
  return deliveryStates
    .map((state) => [deliveries.filter((one) => one.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`)
    .join(', ');
}

function environmentsText({ environmentNames }: Outlet): string {
  return environmentNames === null ? 'all' : environmentNames.join(', ');
}

function outletText(outlet: Outlet, isWide: boolean): string {
  const facts = factLines([
    ['Name', outlet.name],
    ['Description', outlet.description],
    ['Kind', outlet.kind],
    ['Source', sourceText(outlet.source)],
    ['Content', outlet.content],
    ['Environments', environmentsText(outlet)],
    ['Target', JSON.stringify(outlet.target)],
    ['Credential', outlet.hasCredential],
    ['Gate', outlet.gate],
    ['Created', timeAndDistance(outlet.createdAt)],
    ['Updated', timeAndDistance(outlet.updatedAt)],
  ]);
  return outlet.environments.length === 0
    ? facts
    : `${facts}\n${deliveriesText(outlet.environments, isWide)}`;
}

function deliveriesText(deliveries: readonly OutletDelivery[], isWide: boolean): string {
  const head = ['ENVIRONMENT', 'NODE', 'STATE', 'DELIVERED', 'ATTEMPTS', 'LAST ERROR'];
  const rows = deliveries.map((one) => [
    one.environmentName,
    one.nodeName,
    one.state,
    timeText(one.deliveredAt),
    one.attempts,
    one.lastError,
    ...(isWide ? [one.digest] : []),
  ]);
  return textTable(isWide ? [...head, 'DIGEST'] : head, rows);
}
