import type { DiagnosticsStores, FailingWebhook } from './diagnostics-store.ts';
import type { Examination, Finding } from './finding.ts';

const namedAtMost = 10_000;

/** Receivers of events that do not accept them. */
export async function checkWebhooks({ diagnostics }: DiagnosticsStores): Promise<Examination> {
  const failing = await diagnostics.failingWebhooks(namedAtMost);
  return { findings: failing.map(findingOf), looked: {} };
}

function findingOf(webhook: FailingWebhook): Finding {
  const { projectName, outletName, attempts, lastError, isStopped, lost } = webhook;
  const label = `Outlet ${outletName} of project ${projectName}`;
  const missing = lost === 0 ? '' : ` ${lost} events were deleted undelivered.`;
  if (!isStopped && attempts === 0) {
    return {
      topic: 'outlets',
      severity: 'warning',
      summary: 'Webhooks that lost events',
      problem: `${label} is still to be notified of a gap:${missing}`,
      advice:
        'Its receiver gets one event of type events.gap. Have it read what it missed from the objects themselves.',
    };
  }
  if (isStopped) {
    return {
      topic: 'outlets',
      severity: 'warning',
      summary: 'Webhooks whose receiver wants no more',
      problem: `${label} is sent nothing: its receiver responded with 410.${missing}`,
      advice: 'Delete the outlet, or call its `deliver` when the receiver accepts events again.',
    };
  }
  return {
    topic: 'outlets',
    severity: 'warning',
    summary: 'Webhooks that cannot be delivered',
    problem: `${label} failed ${attempts} times: ${lastError ?? 'unknown'}${missing}`,
    advice:
      'Make the receiver accept events: they are kept for 7 days, and at most the newest 10,000 of a project.',
  };
}
