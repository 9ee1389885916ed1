// The pages name only what exists: blocks that a test runs, links, files, paths of the API, settings, commands, flags.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { managerSettings } from '../../src/config.ts';
import { commandFlags, namedCommands } from './support/command-line.ts';
import { blocksOf, pagePaths, proseOf, root, textOf } from './support/page.ts';
import { ownStartPages, productionPages, recipePages, sourcePages } from './support/ran-pages.ts';

const pages = pagePaths();
const readText = (path: string) => readFileSync(join(root, path), 'utf8');

/** Every match of the first group in every page, with the page that has it; none at all is a mistake of the pattern. */
function named(pattern: RegExp, text: (page: string) => string = textOf) {
  const found = pages.flatMap((page) =>
    [...text(page).matchAll(pattern)].map(([, name = '']) => ({ page, name })),
  );
  expect(found.length).toBeGreaterThan(0);
  return found;
}

describe('every block of a page', () => {
  const blocks = pages.flatMap((page) => blocksOf(page));

  test('of commands is run by a test, or says why it is not', () => {
    const ran = [...sourcePages, ...recipePages, ...ownStartPages, ...productionPages];
    const toRun = blocks.filter(({ language, noRun }) => language === 'sh' && noRun === undefined);
    expect([...new Set(toRun.map(({ page }) => page))].sort()).toEqual([...ran].sort());
  });

  test('of another language is written to a file that a command uses, is JSON that can be read, or says why not', () => {
    const others = blocks.filter(
      ({ language, noRun }) => !['', 'sh'].includes(language) && noRun === undefined,
    );
    expect(others.length).toBeGreaterThan(3);
    for (const { page, line, language, file, text } of others) {
      if (language === 'json') expect(() => JSON.parse(text), `${page}:${line}`).not.toThrow();
      else expect(commandsOf(page), `${page}:${line}`).toContain(file ?? 'a file');
    }
  });

  const commandsOf = (page: string) =>
    blocks
      .filter((block) => block.page === page && block.language === 'sh')
      .map(({ text }) => text)
      .join('\n');
});

describe('what a page names', () => {
  test('as a link within the repository is a file, and a heading of it', () => {
    for (const { page, name } of named(/\]\((?!https?:)([^)\s]+)\)/g, proseOf)) {
      const [path = '', anchor] = name.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(root, target)), `${page}: ${name}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), `${page}: ${name}`).toContain(anchor);
    }
  });

  test('as a file or folder of the repository is there', () => {
    const places = /`((?:src|test|docs|scripts|bench|faults|console|clients)\/[\w./-]*)`/g;
    for (const { page, name } of named(places))
      expect(existsSync(join(root, name)), `${page}: ${name}`).toBe(true);
  });

  test('as a file or folder of a room is there', () => {
    const places = [...proseOf('ARCHITECTURE.md').matchAll(/`([a-z][\w-]*\/[\w./-]*)`/g)];
    expect(places.length).toBeGreaterThan(10);
    for (const [, name = ''] of places) {
      const isThere = existsSync(join(root, name)) || existsSync(join(root, 'src', name));
      expect(isThere, `ARCHITECTURE.md: ${name}`).toBe(true);
    }
  });

  test('as a path of the API is in its description', () => {
    const paths = Object.keys(JSON.parse(readText('openapi.json')).paths);
    const known = paths.map(
      (path) => new RegExp(`^${path.replace(/\/$/, '').replace(/\{\w+\}/g, '[^/]+')}$`),
    );
    for (const { page, name } of named(/(\/apiops\/[\w/{}.-]*[\w}])/g)) {
      expect(known.some((path) => path.test(name)) || isFolderOf(name, paths), `${page}: ${name}`).toBe(true);
    }
  });

  test('as a setting is read somewhere', () => {
    const settings = Object.values(managerSettings).map(({ variable }) => variable);
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const source = files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readText(`src/${file}`))
      .join('\n');
    for (const { page, name } of named(/\b(KEYPLANE_[A-Z_]+)\b/g)) {
      const isRead = settings.includes(name) || new RegExp(`\\b${name}\\b`).test(source);
      expect(isRead, `${page}: ${name}`).toBe(true);
    }
  });

  test('as a script of npm is in package.json', () => {
    const { scripts } = JSON.parse(readText('package.json'));
    for (const { page, name } of named(/\bnpm run (?:-s )?([a-z]+)/g)) {
      expect(Object.keys(scripts), page).toContain(name);
    }
  });

  test('as a command of keyplane is one, with these flags', async () => {
    const flags = await commandFlags();
    const calls = pages.flatMap((page) => namedCommands(page).map((call) => ({ page, ...call })));
    expect(calls.length).toBeGreaterThan(20);
    for (const { page, text, words, flags: given } of calls) {
      const name = [words.slice(0, 3), words.slice(0, 2), words.slice(0, 1)]
        .map((some) => some.join(' '))
        .find((some) => flags.has(some));
      expect(name, `${page}: keyplane ${text}`).toBeDefined();
      expect([...(flags.get(name ?? '') ?? [])], `${page}: keyplane ${text}`).toEqual(
        expect.arrayContaining([...given]),
      );
    }
  });
});

describe('docs/adr', () => {
  test('has one decision for each number, from 1 on, under a heading that has the number too', () => {
    const files = readdirSync(join(root, 'docs/adr')).sort();
    const numbers = files.map((file) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]));
    expect(numbers).toEqual(files.map((_, index) => index + 1));
    for (const [index, file] of files.entries()) {
      expect(readText(`docs/adr/${file}`).split('\n')[0], file).toMatch(new RegExp(`^# ${index + 1}\\. `));
    }
  });
});

/** As GitHub makes them of headings. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** `/apiops/auth` is named for all that is below it. */
function isFolderOf(name: string, paths: readonly string[]): boolean {
  return paths.some((path) => path.startsWith(`${name}/`));
}
