/** @throws KeyplaneError `bad_request` */
export function requireClaimsSchema(
  schema: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return schema;
}
