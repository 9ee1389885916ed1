// Tomcat from the central repository of Maven, kept for later runs. The program beside this file serves a keystore with it.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const version = '11.0.27';
const artifacts = [
  `org.apache.tomcat.embed:tomcat-embed-core:${version}`,
  `org.apache.tomcat:tomcat-annotations-api:${version}`,
];
const fetchTimeoutMs = 120_000;

/** The class path; undefined where it neither is nor can be had. */
export function findTomcat(): string | undefined {
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  const kept = join(XDG_CACHE_HOME, 'keyplane-tests', `tomcat-${version}`);
  if (!existsSync(kept) && !fetchInto(kept)) return undefined;
  return readdirSync(kept)
    .map((name) => join(kept, name))
    .join(':');
}

function fetchInto(kept: string): boolean {
  const cache = join(kept, '..');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'fetched-'));
  try {
    const isFetched = artifacts.every((artifact) => {
      const copy = ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`];
      return spawnSync('mvn', copy, { timeout: fetchTimeoutMs }).status === 0;
    });
    if (isFetched) renameSync(folder, kept);
    return isFetched;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
