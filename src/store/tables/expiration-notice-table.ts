import type {
  ExpirationNotice,
  ExpirationNoticeStore,
  ExpirationWindow,
  WarningDays,
} from '../../jwks/expiration/expiration-notice.ts';
import type { Database } from '../database-schema.ts';
import type { ExpiryNoticeRow } from '../event-rows.ts';
import { statement } from '../statement.ts';

const findOne = statement((db, key: { jwkId: string }) =>
  db.selectFrom('expiry_notices').selectAll().where('jwk_id', '=', key.jwkId),
);
const putOne = statement((db, row: ExpiryNoticeRow) =>
  db
    .insertInto('expiry_notices')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('jwk_id').doUpdateSet((e) => ({
        expiration_time: e.ref('excluded.expiration_time'),
        days: e.ref('excluded.days'),
      })),
    ),
);
interface Lacking {
  readonly after: number;
  readonly until: number;
  readonly days: number;
  readonly afterId: string;
  readonly limit: number;
}
// By project: the index of expiration times is.
const listLacking = statement((db, page: Lacking) =>
  db
    .selectFrom('projects')
    .innerJoin('jwks', 'jwks.project_id', 'projects.id')
    .leftJoin('expiry_notices as notices', 'notices.jwk_id', 'jwks.id')
    .select('jwks.id')
    .where('jwks.expiration_time', '>', page.after)
    .where('jwks.expiration_time', '<=', page.until)
    .where('jwks.id', '>', page.afterId)
    .where((e) =>
      e.or([
        e('notices.jwk_id', 'is', null),
        e('notices.expiration_time', '!=', e.ref('jwks.expiration_time')),
        e('notices.days', '>', page.days),
      ]),
    )
    .orderBy('jwks.id')
    .limit(page.limit),
);

// The first of each project is one look into the index.
const findNext = statement((db, page: { after: number }) =>
  db.selectFrom('projects').select((e) =>
    e.fn
      .min(
        e
          .selectFrom('jwks')
          .select((one) => one.fn.min('jwks.expiration_time').as('first'))
          .whereRef('jwks.project_id', '=', 'projects.id')
          .where('jwks.expiration_time', '>', page.after),
      )
      .as('next'),
  ),
);

export class ExpirationNoticeTable implements ExpirationNoticeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find(jwkId: string): Promise<ExpirationNotice | undefined> {
    const row = await findOne.first(this.#database, { jwkId });
    return row && { jwkId, expirationTime: new Date(row.expiration_time), days: row.days as WarningDays };
  }

  async put({ jwkId, expirationTime, days }: ExpirationNotice): Promise<void> {
    const row = { jwk_id: jwkId, expiration_time: expirationTime.getTime(), days };
    await putOne.send(this.#database, row);
  }

  async lacking(
    { after, until, days }: ExpirationWindow,
    afterId: string,
    limit: number,
  ): Promise<readonly string[]> {
    const page = { after: after.getTime(), until: until.getTime(), days, afterId, limit };
    return (await listLacking.all(this.#database, page)).map(({ id }) => id);
  }

  async nextAfter(time: Date): Promise<Date | null> {
    const next = (await findNext.first(this.#database, { after: time.getTime() }))?.next ?? null;
    return next === null ? null : new Date(Number(next));
  }
}
