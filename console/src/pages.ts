// Every page of the console and its address. A page is one line here and one folder beside this file.

import type { ComponentType } from 'react';
import { OverviewPage } from './overview/overview-page.tsx';

export interface PageEntry {
  readonly path: string;
  readonly page: ComponentType;
}

export const pages: readonly PageEntry[] = [{ path: '/', page: OverviewPage }];
