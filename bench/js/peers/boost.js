import { measure } from '../../native/program.mjs'

const only = (capacity) => `8 B, one by one, ${capacity}, boost spsc_queue`

/** Between two C++ threads, in the program of bench/native; its items have 8 bytes. */
const cpp = {
  missing: async ({ native, capacity }) => {
    if (native === undefined) return 'C++; --native takes it in'
    const { samples } = await measure(native, { rounds: 1, seed: 0, only: only(capacity) })
    return samples.length === 1
      ? undefined
      : 'not in bench/native: install it (scripts/install-native-peers.sh), capacity 1024'
  },
  sample: async ({ native, capacity }) => {
    const { samples } = await measure(native, { rounds: 1, seed: 0, only: only(capacity) })
    const [{ value, pingPongNs }] = samples
    return { items: value * 1e6, ns: 1e9, roundTripNs: pingPongNs }
  },
}

export default {
  name: 'boost::lockfree',
  workloads: { singles: { 'spsc_queue, C++': cpp } },
}
