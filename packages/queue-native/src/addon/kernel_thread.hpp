// What the kernel knows of the calling thread, as in packages/core/src/kernel-thread.ts.
#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

namespace spsc::lab {

/// Sets how late the kernel may end the calling thread's sleeps (0: leaves it), and returns what it is then; -1: unknown.
inline std::int64_t set_timer_slack(std::int64_t slack_ns) {
  if (slack_ns > 0) prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack_ns), 0, 0, 0);
  return prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
}

/// Nanoseconds the calling thread has been ready to run without a CPU, since it began: proc(5), schedstat. -1: unknown.
inline std::int64_t run_delay_ns() {
  const int file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  char text[96] = {};
  const ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  unsigned long long ran = 0, delay = 0;
  // A thread that reads this has run: the kernel shows zeros where it keeps no such statistics.
  if (length <= 0 || std::sscanf(text, "%llu %llu", &ran, &delay) != 2 || ran == 0) return -1;
  return static_cast<std::int64_t>(delay);
}

/// What has come to `run_delay_ns` since it was `before`; -1: unknown.
inline std::int64_t run_delay_since(std::int64_t before) {
  const std::int64_t now = run_delay_ns();
  return before < 0 || now < 0 ? -1 : now - before;
}

}  // namespace spsc::lab
