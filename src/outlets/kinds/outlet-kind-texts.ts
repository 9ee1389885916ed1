// What the API and the command line say of the kinds.

import { listed, type OutletKindName, outletKind, outletKindNames, outletKindNamesAt } from './kinds.ts';
import { fieldsWith, type OutletField } from './outlet-field.ts';
import type { OutletKind } from './outlet-kind.ts';

export const namesAtNodes = listed(outletKindNamesAt('NODE'));
export const namesAtManager = listed(outletKindNamesAt('MANAGER'));
/** Kinds where `force` replaces what another program wrote. */
export const namesTakenOver = listed(
  outletKindNames.filter((name) => outletKind(name).words.takeOver !== undefined),
);

export const contentsText = ofEach((name, { contents, defaultContent }) => {
  const canBeAbsent = defaultContent === undefined ? '' : ', which may be left out';
  return `${name}: ${contents.join(', ')}${canBeAbsent}`;
});
export const targetsText = ofEach((name, kind) => `${name}: ${targetText(kind)}`);
export const credentialsText = ofEach(credentialText);
export const testsText = ofEach((_, kind) => (kind.runsAt === 'MANAGER' ? kind.testText : undefined));

export const leavesText = ofEach((_, { words }) => words.leaves?.sentence);
export const leavesPhrases = outletKindNames.flatMap((name) => outletKind(name).words.leaves?.phrase ?? []);
export const credentialPhrases = outletKindNames.flatMap((name) => outletKind(name).words.credential ?? []);
export const creationExamples = outletKindNames.map((name) => outletKind(name).words.example);

/** One sentence of each kind that has one. */
function ofEach(sentence: (name: OutletKindName, kind: OutletKind) => string | undefined): string {
  return outletKindNames.flatMap((name) => sentence(name, outletKind(name)) ?? []).join('. ');
}

/** Members that all contents have, and those of one content in addition. */
function targetText({ contents, fields }: OutletKind): string {
  const byContent = contents.map((content) =>
    membersText(fieldsWith(fields, content).filter(({ member }) => member.startsWith('target.'))),
  );
  const [first = []] = byContent;
  const common = first.filter((one) => byContent.every((members) => members.includes(one)));
  const others = byContent.map((members) => members.filter((one) => !common.includes(one)).join(', '));
  const variants = [...new Set(others)].filter((text) => text !== '');
  return [common.join(', '), ...variants].join(', or with ').replace(', or with ', ' with ');
}

/** Of the contents that take one. */
function credentialText(name: OutletKindName, { contents, fields, takesCredential }: OutletKind) {
  const taking = contents.filter(takesCredential);
  const [content] = taking;
  if (content === undefined) return undefined;
  const own = fieldsWith(fields, content).filter(({ member }) => member.startsWith('credential.'));
  const [choice] = own.filter(({ member }) => own.some(({ when }) => when?.member === member));
  const always = own.filter((field) => field !== choice && field.when === undefined);
  const variants = optionsOf(choice).map(
    (value) => `${value} with ${membersText(own.filter(({ when }) => when?.is === value)).join(', ')}`,
  );
  const chosen = choice === undefined ? [] : [`${membersText([choice], true)} ${variants.join(', or ')}`];
  const text = [...chosen, membersText(always).join(', ')].filter((part) => part !== '').join('; ');
  return `${taking.length === contents.length ? name : taking.join(', ')}: ${text}`;
}

/** The outermost members, each once; those that have options with them. */
function membersText(fields: readonly OutletField[], isBare = false): readonly string[] {
  const texts = new Map<string, string>();
  for (const field of fields) {
    const [, name = ''] = field.member.split('.');
    const options = isBare ? [] : optionsOf(field);
    if (texts.has(name)) continue;
    texts.set(name, options.length === 0 ? `\`${name}\`` : `\`${name}\` (${options.join(' or ')})`);
  }
  return [...texts.values()];
}

/** What a request may name; a list has more than a sentence has room for. */
function optionsOf(field: OutletField | undefined): readonly string[] {
  if (field?.input.type !== 'CHOICE' || field.input.isSent === false) return [];
  return field.input.options.map(({ value }) => value);
}
