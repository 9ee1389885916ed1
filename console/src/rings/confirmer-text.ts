/** What confirms, or is waited for: a node, or the delivery of an outlet. */
export function confirmerText({
  nodeName,
  outletName,
}: {
  readonly nodeName: string | null;
  readonly outletName?: string | undefined;
}): string {
  const node = nodeName ?? 'a manager';
  return outletName === undefined ? node : `outlet ${outletName} at ${node}`;
}
