// Nothing here has a timeout: a wake-up that is lost hangs, and the watchdog of check.hpp kills what hangs.
// `./waking SHARE refused`, run by refuse_membarrier: nothing but the kernel's answer says that there is no membarrier.
#include <cstring>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>

#include "made.hpp"

/// As on a kernel without membarrier: a full fence at both ends instead.
struct NoMembarrier : spsc::StdAtomics {
  static bool has_heavy_fence() { return false; }
  static bool heavy_fence() { std::abort(); }
};

/// As where membarrier was granted once, and is refused since.
struct LostMembarrier : spsc::StdAtomics {
  static bool has_heavy_fence() { return true; }
  static bool heavy_fence() { return false; }
};

static int scale = 1;

static void sleep_ms(int milliseconds) { usleep(static_cast<useconds_t>(milliseconds) * 1000); }

template <class Queue>
void wakes_consumer() {
  Made<Queue> made(4);
  std::thread pusher([&] {
    sleep_ms(30);
    CHECK(made.producer.push(9) == Status::ok);
  });
  typename Queue::Item item;
  CHECK(made.consumer.pop(item) == Status::ok && item == 9);
  pusher.join();
}

template <class Queue>
void wakes_producer() {
  Made<Queue> made(1);
  CHECK(made.producer.try_push(1));
  typename Queue::Item item;
  std::thread popper([&] {
    sleep_ms(30);
    CHECK(made.consumer.pop(item) == Status::ok);
  });
  CHECK(made.producer.push(2) == Status::ok);
  popper.join();
}

template <class Queue>
void close_wakes() {
  {
    Made<Queue> made(1);
    std::thread closer([&] {
      sleep_ms(30);
      made.producer.close();
    });
    typename Queue::Item item;
    CHECK(made.consumer.pop(item) == Status::closed);
    closer.join();
  }
  {
    Made<Queue> made(1);
    CHECK(made.producer.try_push(1));
    std::thread closer([&] {
      sleep_ms(30);
      made.consumer.close();
    });
    CHECK(made.producer.push(2) == Status::closed);
    closer.join();
  }
}

/// Both ends sleep again and again, at all the moments there are: tiny rings, and pauses of random length.
template <class Queue>
void sleeps_often(std::size_t capacity) {
  Made<Queue> made(capacity);
  const std::uint64_t items = 200'000 / static_cast<std::uint64_t>(scale);
  const auto dawdle = [](std::uint64_t number) {
    for (std::uint64_t i = 0; i < number * 0x9e37'79b9'7f4a'7c15 >> 57; ++i) spsc::StdAtomics::pause();
  };
  std::thread pusher([&] {
    for (std::uint64_t i = 0; i < items; ++i) {
      dawdle(i);
      CHECK(made.producer.push(i) == Status::ok);
    }
    made.producer.close();
  });
  typename Queue::Item item;
  for (std::uint64_t i = 0; i < items; ++i) {
    dawdle(3 * i);
    CHECK(made.consumer.pop(item) == Status::ok && item == i);
  }
  CHECK(made.consumer.pop(item) == Status::closed);
  pusher.join();
}

/// One item in flight: each of both ends sleeps for each of them. No close at the end could cover a lost wake-up.
template <class Queue>
void echoes() {
  Made<Queue> there(1);
  Made<Queue> back(1);
  const std::uint64_t items = 20'000 / static_cast<std::uint64_t>(scale);
  std::thread echo([&] {
    typename Queue::Item item;
    for (std::uint64_t i = 0; i < items; ++i) {
      CHECK(there.consumer.pop(item) == Status::ok);
      CHECK(back.producer.push(item) == Status::ok);
    }
  });
  typename Queue::Item item;
  for (std::uint64_t i = 0; i < items; ++i) {
    CHECK(there.producer.push(i) == Status::ok);
    CHECK(back.consumer.pop(item) == Status::ok && item == i);
  }
  echo.join();
}

/// Deadlines that pass at about the time when the item comes: none is lost, none comes twice.
template <class Queue>
void deadlines_race() {
  Made<Queue> made(2);
  const std::uint64_t items = 5'000 / static_cast<std::uint64_t>(scale);
  std::thread pusher([&] {
    for (std::uint64_t i = 0; i < items; ++i) {
      while (made.producer.push(i, spsc::after(50'000)) != Status::ok) {
      }
      usleep(static_cast<useconds_t>(i % 100));
    }
  });
  typename Queue::Item item;
  for (std::uint64_t i = 0; i < items; ++i) {
    while (made.consumer.pop(item, spsc::after(60'000)) != Status::ok) {
    }
    CHECK(item == i);
  }
  pusher.join();
}

template <class Queue>
void between_processes() {
  const std::size_t bytes = Queue::bytes(4);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  CHECK(Queue::init(memory, 4, {.reach = spsc::Reach::processes}));
  const pid_t child = fork();
  CHECK(child >= 0);
  const std::uint64_t items = 50'000;
  if (child == 0) {
    auto producer = Queue::attach(memory, bytes).producer();
    for (std::uint64_t i = 0; i < items; ++i) CHECK(producer->push(i) == Status::ok);
    producer->close();
    std::_Exit(0);
  }
  auto consumer = Queue::attach(memory, bytes).consumer();
  typename Queue::Item item;
  for (std::uint64_t i = 0; i < items; ++i) CHECK(consumer->pop(item) == Status::ok && item == i);
  CHECK(consumer->pop(item) == Status::closed);
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  consumer.reset();  // an end closes when it goes, so it goes before the memory
  munmap(memory, bytes);
}

template <class Queue>
void sleeping_kind(const char* name) {
  TEST(name) {
    wakes_consumer<Queue>();
    wakes_producer<Queue>();
    close_wakes<Queue>();
    for (const std::size_t capacity : {1, 2, 7, 64}) sleeps_often<Queue>(capacity);
    echoes<Queue>();
    deadlines_race<Queue>();
  }
}

int main(int count, char** arguments) {
  if (count > 1) scale = std::atoi(arguments[1]);
  if (count > 2 && std::strcmp(arguments[2], "refused") == 0) {
    TEST("a refused membarrier is noticed") CHECK(!spsc::StdAtomics::has_heavy_fence());
  }
  for_each_queue([]<class Queue>(const char* name) {
    TEST(name) {
      wakes_consumer<Queue>();
      wakes_producer<Queue>();
      close_wakes<Queue>();
    }
  });
  sleeping_kind<spsc::LineRing<spsc::Block>>("LineRing loses no wake-up");
  sleeping_kind<spsc::LineRing<spsc::Block, NoMembarrier>>("LineRing without membarrier loses no wake-up");
  sleeping_kind<spsc::LineRing<spsc::Block, LostMembarrier>>("LineRing whose membarrier is refused gets on");
  sleeping_kind<spsc::IndexRing<std::uint64_t, spsc::Block>>("IndexRing loses no wake-up");
  sleeping_kind<spsc::IndexRing<Wide, spsc::Block, NoMembarrier>>("IndexRing without membarrier loses no wake-up");
  sleeping_kind<spsc::MutexQueue<std::uint64_t>>("MutexQueue loses no wake-up");
  TEST("two processes pass items through mapped memory and wake each other") {
    between_processes<spsc::LineRing<spsc::Block>>();
    between_processes<spsc::IndexRing<Wide, spsc::Block>>();
  }
}
