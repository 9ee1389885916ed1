// `keyplane events`: one event a line, as JSON, for programs that read lines.

import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import {
  type EventPage,
  type KeyplaneClient,
  KeyplaneConnectionError,
} from '../../../clients/typescript/src/index.ts';
import { backOffMs, jittered } from '../../runtime/back-off.ts';
import { projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { note, write } from '../terminal/output.ts';
import { sanitizedJson } from '../terminal/sanitize.ts';

interface EventFlags extends ProjectFlags {
  readonly follow?: boolean;
  readonly after?: string;
  readonly type?: readonly string[];
  readonly environment?: string;
}

const pageSize = 1_000;
const pollMs = 1_000;
const unreachable = Object.freeze({ baseMs: 1_000, capMs: 30_000 });

export function addEventsCommand(program: Command): void {
  const gather = (one: string, others: readonly string[] = []) => [...others, one];
  projectCommand(program, {
    usage: 'events',
    summary: 'Print the events of a project as JSON Lines, oldest first',
    examples: [
      'events',
      'events --follow',
      'events --follow --after 1041 --type keyring.activated --type jwk.expiring',
      "events --type 'keyring.*'",
      "events --type 'node.*' --environment production",
    ],
    formats: ['json'],
  })
    .option('--follow', 'go on with new events until interrupted')
    .option('--after <SEQUENCE>', 'events after this one (default: all that are kept)')
    .option('--type <TYPE>', 'such as jwk.created, or keyring.* for all of a kind; repeatable', gather)
    .option('--environment <NAME>', 'of nodes and outlet deliveries of this environment only')
    .action(async (flags: EventFlags) => {
      const { client, projectName } = await connectToProject(flags);
      await printEvents(new EventReader(client, projectName, flags), flags);
    });
}

async function printEvents(reader: EventReader, { follow, after }: EventFlags): Promise<void> {
  let cursor = after === undefined ? undefined : readSequence(after);
  for (let failures = 0; ; ) {
    try {
      const page = await reader.next(cursor);
      failures = 0;
      if (page.lost !== 0) writeLine(gapLine(reader.projectName, page.lost));
      for (const event of page.resultList) writeLine(event);
      // What does not match was looked at, too.
      const isLast = page.resultList.length === page.resultCount;
      cursor = isLast ? page.newestSequence : (page.resultList.at(-1)?.sequence ?? cursor ?? 0);
      if (!isLast) continue;
      if (!follow) return;
      await setTimeout(pollMs);
    } catch (error) {
      if (!follow || !(error instanceof KeyplaneConnectionError)) throw error;
      if (failures === 0) note(`${error.message}; it is tried again`);
      await setTimeout(jittered(backOffMs(failures, unreachable), 0.5, Math.random()));
      failures += 1;
    }
  }
}

class EventReader {
  readonly #client: KeyplaneClient;
  readonly projectName: string;
  readonly #types: string | undefined;
  readonly #environmentName: string | undefined;

  constructor(client: KeyplaneClient, projectName: string, { type, environment }: EventFlags) {
    this.#client = client;
    this.projectName = projectName;
    this.#types = type?.join(',');
    this.#environmentName = environment;
  }

  next(after: number | undefined): Promise<EventPage> {
    return this.#client.listEvents({
      projectName: this.projectName,
      limit: pageSize,
      ...(after !== undefined && { after }),
      ...(this.#types !== undefined && { types: this.#types }),
      ...(this.#environmentName !== undefined && { environmentName: this.#environmentName }),
    });
  }
}

/** Events that are no longer kept; null: the number is not known. */
function gapLine(projectName: string, lost: number | null) {
  return {
    type: 'events.gap',
    timestamp: new Date().toISOString(),
    data: { projectName, objectType: 'project', objectName: projectName, lost },
  };
}

function writeLine(value: unknown): void {
  write(`${JSON.stringify(JSON.parse(sanitizedJson(value)))}\n`);
}

function readSequence(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw wrongUsage('--after takes the sequence of an event: a whole number');
}
