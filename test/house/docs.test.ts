import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { managerSettings } from '../../src/config.ts';
import { errorReasons } from '../../src/error-reasons.ts';
import { errorStatus } from '../../src/errors.ts';
import { closeCodes } from '../../src/protocol/messages.ts';

/** First two cells of every row that starts like one of the table. */
function rows(page: string, start: RegExp): string[][] {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  const lines = text.split('\n').filter((line) => start.test(line));
  return lines
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .map((cells) => cells.slice(1, 3));
}

describe('docs/errors.md', () => {
  test('lists every error code with its status, and no other', () => {
    const listed = rows('errors.md', /^\| `[a-z]/).map(([code, status]) => [code, Number(status)]);
    expect(Object.fromEntries(listed)).toEqual(errorStatus);
    expect(listed.length).toBe(Object.keys(errorStatus).length);
  });

  test('lists every reason, and no other', () => {
    const listed = rows('errors.md', /^\| `[A-Z]/).map(([reason]) => reason);
    expect(listed).toEqual([...errorReasons]);
  });

  test('lists every code that closes a stream with its name, and no other', () => {
    const listed = rows('errors.md', /^\| \d/).map(([code, name]) => [name, Number(code)]);
    expect(Object.fromEntries(listed)).toEqual(closeCodes);
    expect(listed.length).toBe(Object.keys(closeCodes).length);
  });
});

describe('docs/glossary.md', () => {
  const terms = rows('glossary.md', /^\| (?!term|---)/);

  test('gives each term one meaning, and sorts the terms', () => {
    const names = terms.map(([term = '']) => term.toLowerCase().replaceAll('-', ' '));
    expect(names.length).toBeGreaterThan(50);
    expect(names).toEqual([...new Set(names)].sort());
    for (const [term, meaning] of terms) expect(meaning, term).not.toBe('');
  });
});

describe('docs/settings.md', () => {
  test('lists every setting of the manager, and no other', () => {
    const listed = rows('settings.md', /^\| `KEYPLANE_/).map(([variable]) => variable);
    expect(listed.sort()).toEqual(
      Object.values(managerSettings)
        .map(({ variable }) => variable)
        .sort(),
    );
  });
});

const root = join(import.meta.dirname, '../..');
const readRoot = (path: string) => readFileSync(join(root, path), 'utf8');

describe('CHANGELOG.md', () => {
  const headings = [...readRoot('CHANGELOG.md').matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);
  const releases = headings
    .slice(1)
    .map((heading) => /^\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$/.exec(heading));

  test('lists unreleased changes first, then each version with its date, newest first', () => {
    expect(headings[0]).toBe('[Unreleased]');
    expect(releases).not.toContain(null);
    const dates = releases.map((release) => release?.[2] ?? '');
    expect(dates).toEqual([...dates].sort().reverse());
  });

  test('has the version of package.json and of the client as its newest', () => {
    const versions = ['package.json', 'clients/typescript/package.json', 'openapi.json'].map((path) => {
      const { version, info } = JSON.parse(readRoot(path));
      return version ?? info.version;
    });
    expect(new Set([releases[0]?.[1], ...versions]).size).toBe(1);
  });

  test('groups the changes of each version under the headings of Keep a Changelog, each once', () => {
    const known = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
    for (const version of readRoot('CHANGELOG.md').split(/^## /m).slice(1)) {
      const groups = [...version.matchAll(/^### (.*)$/gm)].map(([, group = '']) => group);
      expect(
        known.filter((group) => groups.includes(group)),
        version.split('\n')[0],
      ).toEqual(groups);
    }
  });
});

describe('SECURITY.md', () => {
  const cells = readRoot('SECURITY.md').matchAll(/\| `(test\/\S+\.test\.ts)` (.*) \|$/gm);
  const named = [...cells].map(([, file = '', title = '']) => ({ file, title }));

  test('names only tests that exist', () => {
    expect(named.length).toBeGreaterThan(30);
    for (const { file, title } of named) {
      expect(titlesIn(join(root, file)), file).toContain(title);
    }
  });

  test('names every test that is in test/security', () => {
    const files = readdirSync(join(root, 'test/security')).filter((file) => file.endsWith('.test.ts'));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files.map((name) => `test/security/${name}`)) {
      const titles = named.filter((one) => one.file === file).map(({ title }) => title);
      expect(titles.sort(), file).toEqual([...titlesIn(join(root, file))].sort());
    }
  });
});

function titlesIn(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const plain = text.matchAll(/\b(?:test|it)\(\s*'([^']+)'/g);
  const each = text.matchAll(/\b(?:test|it)\.each[^;]*?\)\(\s*'([^']+)'/g);
  return [...plain, ...each].map(([, title = '']) => title);
}
