// Prints large and tiny files and functions for the reviewer of a change: `npm run check` ends with it. It never fails.

import { sizeReport } from './sizes.ts';
import { sourceFiles } from './source-file.ts';

const shownAtMost = 10;

for (const { title, entries } of sizeReport(sourceFiles('src', 'console'))) {
  process.stdout.write(`${entries.length} ${title}\n`);
  for (const { where, count } of entries.slice(0, shownAtMost))
    process.stdout.write(`  ${count}  ${where}\n`);
}
