// Formats that are checked, each in time that is linear in the text (JSON Schema Validation 2020-12 §7.3). Any other is rejected
// when a profile is stored: one that is not checked would be taken for a check.

/** RFC 3339, with a date that the calendar has. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isDateTime(text: string): boolean {
  const [, date, hours, minutes, seconds, zone] =
    /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  if (date === undefined || zone === undefined || !isDate(date)) return false;
  const [zoneHours = 0, zoneMinutes = 0] = zone.length === 1 ? [] : zone.slice(1).split(':').map(Number);
  return (
    Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) <= 60 && zoneHours < 24 && zoneMinutes < 60
  );
}

/** Local part, `@`, and a domain of two labels or more; not every address of RFC 5321. */
function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const labels = text.slice(at + 1).split('.');
  return (
    at > 0 &&
    at <= 64 &&
    text.length <= 254 &&
    /^[\w!#$%&'*+/=?^`{|}~.-]*$/.test(text.slice(0, at)) &&
    labels.length > 1 &&
    labels.every((label) => /^[A-Za-z0-9-]{1,63}$/.test(label))
  );
}

/** An absolute URI (RFC 3986). */
function isUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[!-~]*$/.test(text) && !/["<>\\^`{|}]/.test(text);
}

function isUuid(text: string): boolean {
  return /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/.test(text);
}

export const schemaFormats: Readonly<Record<string, (text: string) => boolean>> = Object.freeze({
  date: isDate,
  'date-time': isDateTime,
  email: isEmail,
  uri: isUri,
  uuid: isUuid,
});
