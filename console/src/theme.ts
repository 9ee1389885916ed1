import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** Dark enough at 7 and 8 for white text, and light enough at 3 and 4 for dark pages: 4.5 to 1 either way. */
const keyplane: MantineColorsTuple = [
  '#eaf4fb',
  '#d5e6f3',
  '#a9cbe6',
  '#7aafd9',
  '#5596cd',
  '#3d87c6',
  '#2f7fc3',
  '#1c6dad',
  '#14619c',
  '#00548a',
];

/** Cool and near black; 7 is the page, 6 is a surface on it, 4 is a line. */
const dark: MantineColorsTuple = [
  '#d7dbe0',
  '#b6bcc5',
  '#9aa2ad',
  '#727a86',
  '#363d47',
  '#262c35',
  '#1b2028',
  '#12151b',
  '#0d1014',
  '#08090c',
];

/** White on it has 6 to 1. */
const dangerColor = '#c01f1f';

export const theme = createTheme({
  primaryColor: 'keyplane',
  primaryShade: { light: 8, dark: 8 },
  colors: { keyplane, dark },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.35' },
      h2: { fontSize: '1.375rem', lineHeight: '1.35' },
      h3: { fontSize: '1.125rem', lineHeight: '1.4' },
      h4: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
});

/** Where the library's own shades fall short of 4.5 to 1 on a page or a card, and the colours of what needs attention. */
export const readableShades: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1b2028',
    '--mantine-color-dimmed': '#5b6470',
    '--mantine-color-error': dangerColor,
    '--mantine-color-placeholder': '#646d76',
    '--mantine-color-default-border': '#d8dde3',
    '--mantine-color-red-outline': '#b02525',
    '--mantine-color-orange-outline': '#9c3305',
    '--mantine-color-green-outline': '#22692f',
    '--mantine-color-gray-outline': '#59616a',
    '--keyplane-good': '#2a8a3e',
    '--keyplane-attention': '#9c3305',
    '--keyplane-problem': dangerColor,
    '--keyplane-next': keyplane[7],
    '--keyplane-line': '#e6e9ed',
    '--keyplane-sidebar': '#f6f8fa',
    '--keyplane-active': '#e4e9ef',
  },
  dark: {
    '--mantine-color-text': '#e3e6ea',
    '--mantine-color-dimmed': '#9fa7b2',
    '--mantine-color-error': '#ff9a9a',
    '--mantine-color-placeholder': '#98a0ab',
    '--mantine-color-red-outline': '#ff9a9a',
    '--mantine-color-orange-outline': '#ffb066',
    '--mantine-color-green-outline': '#69db7c',
    '--mantine-color-gray-outline': '#ababab',
    '--mantine-color-anchor': keyplane[2],
    '--keyplane-good': '#4fb866',
    '--keyplane-attention': '#ffb066',
    '--keyplane-problem': '#ff9a9a',
    '--keyplane-next': keyplane[3],
    '--keyplane-line': '#262c35',
    '--keyplane-sidebar': '#0d1014',
    '--keyplane-active': '#262c35',
  },
});
