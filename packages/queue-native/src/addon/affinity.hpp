// Which CPUs a thread may use. A thread is never pinned outside the set that its process was given.
#pragma once

#include <sched.h>
#include <sys/types.h>
#include <unistd.h>

#include <vector>

namespace spsc::lab {

/// CPUs of the process, ascending. Of the process and not of the calling thread, which may be pinned already:
/// /proc/self/status speaks of the main thread.
inline std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  cpu_set_t set;
  if (sched_getaffinity(getpid(), sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

/// Pins thread `tid` (0: the caller). False where the kernel refuses.
inline bool pin_thread(pid_t tid, int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return sched_setaffinity(tid, sizeof set, &set) == 0;
}

}  // namespace spsc::lab
