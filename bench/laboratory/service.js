import { traceLength, unavailable } from '@spsc/core'
import { mean, median, variance } from 'simple-statistics'

const ABSENT = 0n

/**
 * Collector of one queueing experiment: when each item was sent, from the first, and the sums that its mean wait and mean
 * service come from. It reads the trace, with both threads parked.
 */
export default function service() {
  let trace
  return {
    name: 'service',
    start(run) {
      trace = run.trace
    },
    stop() {
      const n = traceLength(trace)
      if (n === 0) return unavailable('no item was sampled')
      const sent_ns = []
      let waitNs = 0n
      let lateNs = 0n
      const services = []
      for (let row = 0; row < n; row++) {
        const [due, sent, popped, done] = [trace.due[row], trace.sent[row], trace.popped[row], trace.done[row]]
        if (due === ABSENT || done === ABSENT) return unavailable('an item was dropped, or nothing is due')
        sent_ns.push(Number(sent - trace.sent[0]))
        waitNs += popped - sent
        lateNs += sent - due
        services.push(Number(done - popped))
      }
      const service_ns = mean(services)
      return {
        n,
        wait_ns: Number(waitNs) / n,
        late_ns: Number(lateNs) / n,
        service_ns,
        service_median_ns: median(services),
        // Squared coefficient of variation: 0 of a constant service.
        service_cv2: variance(services) / service_ns ** 2,
        sent_ns,
      }
    },
  }
}
