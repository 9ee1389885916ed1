import type { DiagnosticsStores, FailingOutlet } from './diagnostics-store.ts';
import type { Examination, Finding } from './finding.ts';

const namedAtMost = 10_000;

/** Outlets that are not delivered: components go on with what they have. */
export async function checkOutlets({ diagnostics }: DiagnosticsStores): Promise<Examination> {
  const failing = await diagnostics.failingOutlets(namedAtMost);
  return { findings: failing.map(findingOf), looked: {} };
}

function findingOf({
  projectName,
  outletName,
  environmentName,
  nodeName,
  lastError,
  attempts,
}: FailingOutlet): Finding {
  const where =
    nodeName === null
      ? `environment ${environmentName}`
      : `node ${nodeName} of environment ${environmentName}`;
  const label = `Outlet ${outletName} of project ${projectName}`;
  if (lastError?.includes('--outlet-dir') === true) {
    return {
      topic: 'outlets',
      severity: 'warning',
      summary: 'Nodes without an outlet directory',
      problem: `${label} is not delivered by ${where}, which was started without --outlet-dir.`,
      advice: 'Start the node with `--outlet-dir`, or leave its environment out of the outlet.',
    };
  }
  return {
    topic: 'outlets',
    severity: 'warning',
    summary: 'Outlets that cannot be delivered',
    problem: `${label} failed ${attempts} times at ${where}: ${lastError ?? 'unknown'}`,
    advice:
      'Components go on with what was delivered before, and key rings wait. Remove the cause; it is tried again within 5 minutes, or at once with `deliver`.',
  };
}
