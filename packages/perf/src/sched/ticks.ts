/** Unit of the times in /proc/stat and /proc/PID/stat: USER_HZ is 100 on every machine that Node runs on (proc(5)). */
export const TICK_NS = 1e7
