// The icons of the console: 24 units wide, strokes in the colour of the text beside them. Decoration only: what an icon
// means is written beside it as well.

const shapes = {
  overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM14 4v3h6V4zM4 20h6v-3H4z',
  jwk: 'M11.5 12.5 20 4m-3 3 2.5 2.5M14 10l2 2M12 16a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
  ring: 'M20 12a8 8 0 1 1-3-6.2M20 3v4h-4M12 8v4l3 2',
  certificate:
    'M6 3h9l4 4v6M6 3v18h5M14 3v5h5M19 17a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM15 19v3l1.5-1 1.5 1v-3',
  key: 'M6 3h9l4 4v14H6zM14 3v5h5M10 15.5a1.5 1.5 0 1 0 0-.01M11.5 15.5H16m-1.5 0V17',
  keystore: 'M4 8h16v12H4zM3 4h18v4H3zM12 15.5V17m0-2.5a1 1 0 1 0 0-.01',
  project: 'M3 6h6l2 2.5h10V19H3z',
  environment: 'M4 4h16v6H4zM4 14h16v6H4zM7.5 7h.01M7.5 17h.01M11 7h6M11 17h6',
  user: 'M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM5 20c.5-3.5 3.5-5 7-5s6.5 1.5 7 5',
  token:
    'M5 8h14a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4a2 2 0 0 1 2-2zM7 12h.01M12 12h.01M17 12h.01',
  application: 'M4 5h16v14H4zM4 9h16M7 7h.01M9.5 7h.01M8 13l2 1.5L8 16M12.5 16H16',
  profile: 'M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h3M16.5 15.5h.01',
  view: 'M3 12c2.5-4.5 5.5-6.5 9-6.5s6.5 2 9 6.5c-2.5 4.5-5.5 6.5-9 6.5S5.5 16.5 3 12zM15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  outlet: 'M4 5h9v14H4zM10 12h10m-4-4 4 4-4 4M7 9h.01M7 15h.01',
  event: 'M3 12h4l2.5-7 5 14 2.5-7h4',
  audit: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  reference:
    'M8 4c-2 0-3 1-3 3v2c0 2-.5 3-2 3 1.5 0 2 1 2 3v2c0 2 1 3 3 3M16 4c2 0 3 1 3 3v2c0 2 .5 3 2 3-1.5 0-2 1-2 3v2c0 2-1 3-3 3',
  help: 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 17h.01',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  check: 'm5 13 4.5 4.5L19 7',
  chevron: 'm9 6 6 6-6 6',
  selector: 'm8 10 4-4 4 4M8 14l4 4 4-4',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  download: 'M12 4v11m-4.5-4.5L12 15l4.5-4.5M4 20h16',
  search: 'M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0zM15.5 15.5 20 20',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
