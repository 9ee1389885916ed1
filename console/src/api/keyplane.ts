import { createClient } from '../../../clients/typescript/src/index.ts';

/** The API of the manager that served this page; the session is a cookie that scripts never see. */
export const keyplane = createClient({ url: location.origin });
