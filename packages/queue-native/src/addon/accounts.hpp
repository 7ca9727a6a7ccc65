// What the kernel has booked on a thread, in nanoseconds since the thread began. Each call costs about 0.5 to 1 µs.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace spsc::lab {

class ThreadAccounts {
 public:
  static constexpr std::uint64_t absent = ~std::uint64_t{0};

  ThreadAccounts() = default;
  ThreadAccounts(const ThreadAccounts&) = delete;
  ~ThreadAccounts() {
    if (file_ >= 0) close(file_);
  }

  /// Makes these the accounts of the calling thread.
  void open_own() { file_ = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC); }

  /// Time in which the thread could run and did not: the second of three numbers (Documentation/scheduler/sched-stats).
  std::uint64_t run_delay() const {
    char text[96];
    const ssize_t length = file_ < 0 ? -1 : pread(file_, text, sizeof text - 1, 0);
    if (length <= 0) return absent;
    text[length] = '\0';
    const char* second = std::strchr(text, ' ');
    return second == nullptr ? absent : std::strtoull(second + 1, nullptr, 10);
  }

  /// CPU time of the calling thread. Not the first number of schedstat, which the kernel brings up to date now and then.
  static std::uint64_t cpu_time() {
    timespec time;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return absent;
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
  }

 private:
  int file_ = -1;
};

}  // namespace spsc::lab
