import { play } from './schedule/model/history.ts';
for (const h of JSON.parse(process.argv[2]!)) play(h, {}, (t) => console.log(t.replace(/10000(\d{8})/g, '$1').replace(/000\b/g,'')));
