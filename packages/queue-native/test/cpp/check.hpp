// CHECK(condition) ends the program where it doesn't hold. TEST("sentence") { … } prints the sentence once it went well.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#define CHECK(condition)                                                                  \
  do {                                                                                    \
    if (condition) break;                                                                 \
    std::printf("not ok - %s:%d: %s\n", __FILE__, __LINE__, #condition);                  \
    std::fflush(stdout);                                                                  \
    std::_Exit(1);                                                                        \
  } while (false)

#define TEST(sentence) if (Test test{sentence}; true)

/// A watchdog too: what hangs, as a lost wake-up would, is killed by SIGALRM and so fails.
class Test {
 public:
  explicit Test(const char* sentence) : sentence_(sentence) { goes_on(); }
  /// For a test that takes longer than the watchdog's patience, and sees that it does not hang.
  static void goes_on() { alarm(patience_s); }

  static inline unsigned patience_s = 120;
  ~Test() {
    std::printf("ok - %s\n", sentence_);
    std::fflush(stdout);
    alarm(0);
  }

 private:
  const char* sentence_;
};
