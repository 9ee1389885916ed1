// Libraries from the central repository of Maven, kept for later runs.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../../support/make-folder.ts';

const fetchTimeoutMs = 120_000;

export interface Libraries {
  /** With its version: what is kept has this name. */
  readonly name: string;
  /** Of Maven, that copy them into the folder. */
  readonly commands: (folder: string) => readonly (readonly string[])[];
}

const tomcatVersion = '11.0.27';
const tomcatArtifacts = [
  `org.apache.tomcat.embed:tomcat-embed-core:${tomcatVersion}`,
  `org.apache.tomcat:tomcat-annotations-api:${tomcatVersion}`,
];
export const tomcat: Libraries = {
  name: `tomcat-${tomcatVersion}`,
  commands: (folder) =>
    tomcatArtifacts.map((artifact) => [
      'dependency:copy',
      `-Dartifact=${artifact}`,
      `-DoutputDirectory=${folder}`,
    ]),
};

/** The version is in the file beside this one, with all that it needs. */
const springPom = join(import.meta.dirname, 'spring-boot.pom.xml');
export const springBoot: Libraries = {
  name: 'spring-boot-3.5.7',
  commands: (folder) => [
    [
      '-f',
      springPom,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${folder}`,
      '-DincludeScope=runtime',
    ],
  ],
};

/** The class path; undefined where they neither are nor can be had. */
export function findLibraries({ name, commands }: Libraries): string | undefined {
  const { XDG_CACHE_HOME = join(homedir(), '.cache') } = process.env;
  const kept = join(XDG_CACHE_HOME, 'keyplane-tests', name);
  if (!existsSync(kept) && !fetchInto(kept, commands)) return undefined;
  return readdirSync(kept)
    .map((file) => join(kept, file))
    .join(':');
}

function fetchInto(kept: string, commands: Libraries['commands']): boolean {
  const cache = join(kept, '..');
  makeFolder(cache);
  const folder = mkdtempSync(join(cache, 'fetched-'));
  try {
    const isFetched = commands(folder).every(
      (args) => spawnSync('mvn', ['-q', '-B', ...args], { timeout: fetchTimeoutMs }).status === 0,
    );
    if (isFetched) renameSync(folder, kept);
    return isFetched;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
