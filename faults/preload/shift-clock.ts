// Loaded before keyplane by `--import`: its clock is off by as many milliseconds as the file of FAULT_CLOCK says, and
// jumps when SIGUSR2 says that the file has changed; a file beside it says that it did. Timers keep their pace, as they do when a real clock is set.

import { readFileSync, writeFileSync } from 'node:fs';

const RealDate = Date;
const file = process.env.FAULT_CLOCK ?? '';
let shiftMs = read();

function read(): number {
  return Number(readFileSync(file, 'utf8'));
}

process.on('SIGUSR2', () => {
  shiftMs = read();
  writeFileSync(`${file}.seen`, String(shiftMs));
});

globalThis.Date = class extends RealDate {
  constructor(...values: unknown[]) {
    if (values.length === 0) super(RealDate.now() + shiftMs);
    else super(...(values as [number]));
  }

  static override now(): number {
    return RealDate.now() + shiftMs;
  }
} as DateConstructor;
