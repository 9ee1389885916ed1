/**
 * Text from elsewhere, such as a description or a kid, made safe for a terminal: characters that would move the cursor,
 * change colours or reverse the direction of writing become question marks.
 */
export function sanitize(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '?');
}

/** JSON with the same meaning, in which such characters are escaped. */
export function sanitizedJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
