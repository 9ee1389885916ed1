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

export const theme = createTheme({
  primaryColor: 'keyplane',
  primaryShade: { light: 8, dark: 8 },
  colors: { keyplane },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
});

/** Where the library's own shades fall short of 4.5 to 1 on a page or a card. */
export const readableShades: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#59616a',
    '--mantine-color-error': '#c01f1f',
    '--mantine-color-placeholder': '#646d76',
    '--mantine-color-red-outline': '#b02525',
    '--mantine-color-orange-outline': '#9c3305',
    '--mantine-color-green-outline': '#22692f',
    '--mantine-color-gray-outline': '#59616a',
  },
  dark: {
    '--mantine-color-dimmed': '#ababab',
    '--mantine-color-error': '#ff9a9a',
    '--mantine-color-placeholder': '#a3a3a3',
    '--mantine-color-red-outline': '#ff9a9a',
    '--mantine-color-orange-outline': '#ffb066',
    '--mantine-color-green-outline': '#69db7c',
    '--mantine-color-gray-outline': '#ababab',
    '--mantine-color-anchor': keyplane[2],
  },
});
