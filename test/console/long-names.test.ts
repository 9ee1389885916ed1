// Names of 64 characters, the longest that the API takes, on the lists that show several of them in a row.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestConsole, type TestConsole } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll } from './support/page-checks.ts';

const longName = (start: string) => start.padEnd(64, '-abcdefghij');
const project = longName('project');
const ring = longName('ring').slice(0, 60);

let console: TestConsole;

beforeAll(async () => {
  console = await startTestConsole({
    projects: [project],
    environments: [longName('joined'), longName('bare')],
  });
  const { api, addNode } = console.manager;
  await addNode(longName('joined'), 'joined-1');
  const path = `/apiops/projects/${project}/`;
  const es256 = { type: 'EC', ec: { curveType: 'P256', algorithm: 'ES256' } };
  await done(
    api('POST', `${path}key-rings/`, { name: ring, description: 'Schlüssel '.repeat(20), ...es256 }),
  );
  const profile = { name: longName('profile'), keyRingName: ring, audiences: [longName('audience')] };
  const issuer = `https://id.example.com/${'a'.repeat(150)}`;
  await done(api('POST', `${path}token-profiles/`, { ...profile, issuer }));
});

afterAll(() => console.close());

async function done(answer: ReturnType<TestConsole['manager']['api']>): Promise<void> {
  expect(await answer).toMatchObject({ status: 200 });
}

test.each(['jwks', 'token-profiles'])(
  'the list of %s with long names fits 1,440 and 360 pixels',
  async (list) => {
    const page = await console.open({ path: `/projects/${project}/${list}`, width: 1_440 });
    await page.getByText('1 to').waitFor();
    const widths = await page.evaluate<number[]>(
      '(([table]) => [table.scrollWidth, table.clientWidth])(document.querySelectorAll(".wide"))',
    );
    expect(widths[0], 'the table is wider than its box').toBeLessThanOrEqual(widths[1] ?? 0);
    await expectAccessible(page);
    const narrow = await console.open({ path: `/projects/${project}/${list}`, width: 360 });
    await narrow.getByText('1 to').waitFor();
    await expectAccessible(narrow);
    await expectNoSidewaysScroll(narrow);
  },
);

test('the overview lists the projects with the most JWKs, and leads to all', async () => {
  for (let index = 0; index < 9; index++) {
    await done(console.manager.api('POST', '/apiops/projects/', { name: `small-${index}` }));
  }
  const page = await console.open();
  const card = page.locator('.mantine-Card-root').filter({ hasText: 'JWKs by project' });
  await card.getByText('and 2 more').waitFor();
  expect(await card.getByRole('listitem').first().textContent()).toContain(project);
  await card.getByRole('link', { name: 'all projects' }).click();
  await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
});
