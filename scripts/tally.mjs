// How many tests passed, out of vitest's own report and how vitest ended.

import { readFileSync } from 'node:fs';

/** A file that failed without a failed test in it (it did not load) counts as one failure, and so does a run without a report. */
export function countTests(reportFile, { code }) {
  let report;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of report.testResults) {
    const failedBefore = tally.failed;
    for (const test of assertionResults) {
      if (test.status === 'passed') tally.passed += 1;
      else if (test.status === 'failed') tally.failed += 1;
      else tally.skipped += 1;
    }
    if (status === 'failed' && tally.failed === failedBefore) tally.failed += 1;
  }
  // An error outside of any test, such as an unhandled rejection, shows only in how vitest ended.
  if (code !== 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

export function tallyLine({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
