import fc from 'fast-check';
import { histories, play } from './schedule/model/history.ts';
const kind = process.argv[2] as never; const n = Number(process.argv[3]);
const t=performance.now(); let count=0, act=0, mem=0; const st: Record<string,number>={};
fc.assert(fc.property(histories(kind), h => { const w = play(h); count++; act+=w.activations; mem+=w.ring.members.length; for (const m of w.ring.members) st[m.state]=(st[m.state]??0)+1; }), {numRuns:n, seed: Number(process.argv[4] ?? 1)});
console.log(count, act/count, mem/count, st, (count/(performance.now()-t)*1000).toFixed(0)+'/s');
