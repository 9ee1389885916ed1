// Whether JSON numbers are what JavaScript reads of them: those with more digits than a double has are not.

/** @param value of `RequestBody.exact` */
export function hasInexactNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!isRawJson(value)) return Object.values(value).some(hasInexactNumber);
  const { rawJSON: source } = value;
  return source.length > longestSource || decimalOf(source) !== decimalOf(String(Number(source)));
}

/** ECMAScript "JSON.parse source text access", which the types of TypeScript do not have yet. */
const { isRawJSON: isRawJson } = JSON as unknown as {
  readonly isRawJSON: (value: object) => value is { readonly rawJSON: string };
};

/** No double needs as many, and texts are compared in a time that grows with them. */
const longestSource = 64;
const numberPattern = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/** One text for each number: `1.50`, `15e-1` and `1.5` are the same. */
function decimalOf(text: string): string | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = numberPattern.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (sign === undefined) return undefined;
  if (digits === '') return '0';
  const significant = digits.replace(/0+$/, '');
  const shift = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${shift}`;
}
