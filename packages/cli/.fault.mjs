// usage: node ledger-fault.mjs  queue at how ns everyNs
import { parseScenario } from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'
import native, { mutex } from '@spsc/queue-native'
import sab from '@spsc/queue-sab'
import { ledger } from '@spsc/metrics'
const WHERE = { pacer: 'p_late', producer: 'p_own', queue: 'c_wake', 'service spin': 's_cpu', 'service sleep': 's_off' }
const S = ['p_late','p_runq','p_own','c_wake','c_runq','s_cpu','s_runq','s_off']
for (const ns of [1e6, 5e6]) for (const backend of [native, sab]) for (const at of ['pacer','producer','queue','service']) for (const how of ['sleep','spin']) {
  const got=[], shares=[], tops=[]
  for (let rep=0; rep<3; rep++) {
    // an item each 10 ms, a fault each 50 ms: only the item that is hit suffers. Raw items by a reading collector.
    const scenario = parseScenario('x',{duration:1.5,warmup:0.1,prodIntervalUs:10000,pacing:'deadline',onFull:'block'})
    const { ledgerOf } = await import(process.env.ITEMS)
    let trace, phase
    const c = { name:'raw', wants:['accounts'], start(r){trace=r.trace}, phaseEnd(p){phase=p}, stop(){ const l=ledgerOf(trace,{startNs:BigInt(phase.start_ns),everyItem:true,blocks:false}); if(l.mismatches) throw new Error('mismatch'); return {items:l.items,total:[...l.total.subarray(0,l.items)],seg:[...l.segments.subarray(0,l.items*8)]} } }
    const m = await runReplicate({ backend, scenario, collectors:[c], seed: rep, faults:[{at,how,ns,everyNs:50e6}] })
    const {items,total,seg}=m.collectors.raw
    const want = WHERE[at] ?? (backend===native ? WHERE[`${at} ${how}`] : 's_cpu')
    const k=S.indexOf(want)
    const hit=[...Array(items).keys()].filter(i=>i>0&&i%5===0)
    const base=[...Array(items).keys()].filter(i=>i>0&&i%5!==0).map(i=>seg[i*8+k]).sort((a,b)=>a-b)
    const b=base[base.length>>1]
    for(const i of hit){ got.push((seg[i*8+k]-b)/ns); const v=seg.slice(i*8,i*8+8); tops.push(S[v.indexOf(Math.max(...v))]===want) }
  }
  got.sort((a,b)=>a-b)
  console.log(backend.name.padEnd(7), at.padEnd(9), how.padEnd(6), ns/1e6+' ms', 'n', got.length, 'recovered median', got[got.length>>1]?.toFixed(4), 'p10', got[Math.floor(got.length*.1)]?.toFixed(4),'p90', got[Math.floor(got.length*.9)]?.toFixed(4), 'right segment', (100*tops.filter(Boolean).length/tops.length).toFixed(1)+'%')
}
