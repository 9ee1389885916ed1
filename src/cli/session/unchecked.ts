/**
 * Input of a person as a type of the API, without a check: the manager reports missing members and wrong values.
 */
export function unchecked<Type>(given: unknown): Type {
  return given as Type;
}
