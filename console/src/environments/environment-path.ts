export function environmentPath(name: string): string {
  return `/environments/${encodeURIComponent(name)}`;
}
