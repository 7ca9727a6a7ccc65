/** Seconds by which two clocks may differ because a guest, or what it said, had to wait. */
const SLACK_S = 5
/** Share by which one may run faster than the other. A kernel that has calibrated its clock is far below, one that has not far above. */
const MAX_SHARE = 0.1

/**
 * Compares a guest's clock with the host's, each time it says something. Linux calibrates its clock by another as it boots;
 * where the host was busy meanwhile that may go wrong by any factor, and all that it measures is wrong by as much.
 */
export class ClockCheck {
  #first: { readonly guestMs: number; readonly hostMs: number } | undefined

  /** @returns how many times as fast as the host's the guest's clock runs, where that is certainly too far from 1 */
  take(guestMs: number, hostMs: number): number | undefined {
    this.#first ??= { guestMs, hostMs }
    const [guest, host] = [guestMs - this.#first.guestMs, hostMs - this.#first.hostMs]
    if (Math.abs(guest - host) <= MAX_SHARE * host + SLACK_S * 1000) return undefined
    return guest / Math.max(host, 1)
  }
}
