import { nodesOf, type SourceFile, type SyntaxNode } from './source-file.ts';
import type { Verdict } from './verdict.ts';

/**
 * Files other than `allowed` that list names of a table: in whose code, or in one of whose texts, two of `words` stand. An
 * allowed file that lists none is a breach as well.
 */
export function checkWordLists(
  files: readonly SourceFile[],
  {
    what,
    words,
    allowed,
  }: { readonly what: string; readonly words: readonly string[]; readonly allowed: readonly string[] },
): Verdict {
  const listing = files.flatMap((file) => {
    const texts = nodesOf(file).flatMap(textOf);
    const values = new Set(texts.filter((text) => words.includes(text)).map(inUpperCase));
    const phrase = texts.find((text) => new Set(wordsIn(text, words).map(inUpperCase)).size > 1);
    return values.size > 1 || phrase !== undefined ? [{ path: file.path, phrase }] : [];
  });
  const breaches = listing
    .filter(({ path }) => !allowed.includes(path))
    .map(({ path, phrase }) => `${path}: lists ${what}${phrase === undefined ? '' : ` (${phrase})`}`);
  const unused = allowed.filter((path) => !listing.some((one) => one.path === path));
  return { looked: files.length, breaches: [...breaches, ...unused.map((path) => `${path}: lists none`)] };
}

function inUpperCase(word: string): string {
  return word.toUpperCase();
}

function wordsIn(text: string, words: readonly string[]): readonly string[] {
  return (text.match(/[A-Za-z0-9_]+/g) ?? []).filter((word) => words.includes(word));
}

/** Texts, keys of objects and members of types. */
function textOf(node: SyntaxNode): readonly string[] {
  if (node.type === 'Literal' && typeof node.value === 'string') return [node.value];
  if (node.type === 'TemplateElement') return [(node.value as { readonly raw: string }).raw];
  if (node.type === 'JSXText') return [String(node.value)];
  if (node.type !== 'Property' && node.type !== 'TSPropertySignature') return [];
  const key = node.key as SyntaxNode;
  return node.computed !== true && key.type === 'Identifier' ? [String(key.name)] : [];
}
