import type { Page } from 'playwright-core';

/** Method and status of the answers from now on whose address has `part`. */
export function answersAbout(page: Page, part: string): readonly string[] {
  const answers: string[] = [];
  page.on('response', (response) => {
    if (response.url().includes(part)) answers.push(`${response.request().method()} ${response.status()}`);
  });
  return answers;
}
