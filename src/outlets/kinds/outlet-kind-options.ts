// What the console needs of the kinds: plain values. Its build evaluates this file and takes its values alone, because the
// kinds need Node.js.

import type { OutletContent } from '../content/outlet-content.ts';
import { sourceNameMembers } from '../outlet-source.ts';
import { type OutletKindName, outletKind, outletKindNames } from './kinds.ts';
import type { OutletFieldRow } from './outlet-field.ts';
import type { OutletKindWords } from './outlet-kind.ts';

/** As requests name it; `project`: the project's set. */
type SourceOption = (typeof sourceNameMembers)[keyof typeof sourceNameMembers] | 'project';

export interface OutletKindOption
  extends Pick<OutletKindWords, 'title' | 'shortTitle' | 'deletion' | 'takeOver'> {
  readonly name: OutletKindName;
  readonly delivers: 'KEYS' | 'EVENTS';
  readonly contents: readonly {
    readonly content: OutletContent;
    readonly sources: readonly SourceOption[];
  }[];
  readonly fields: readonly OutletFieldRow[];
}

export const outletKindOptions: readonly OutletKindOption[] = outletKindNames.map(optionOf);

function optionOf(name: OutletKindName): OutletKindOption {
  const kind = outletKind(name);
  const { title, shortTitle, deletion, takeOver } = kind.words;
  return {
    name,
    title,
    shortTitle,
    deletion,
    ...(takeOver && { takeOver }),
    delivers: kind.runsAt === 'MANAGER' && kind.keys === undefined ? 'EVENTS' : 'KEYS',
    contents: kind.contents.map((content) => {
      const sources = kind.sources(content);
      return {
        content,
        sources: sources.map((type) => (type === 'PROJECT' ? 'project' : sourceNameMembers[type])),
      };
    }),
    fields: kind.fields,
  };
}
