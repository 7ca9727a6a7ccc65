/*
 * The eventcount on which an end of a C++ ring sleeps: include/spsc/wait.hpp of @spsc/queue-native, steps S1 to S4 and P1
 * to P3. The publisher's stores pass a store buffer, as on x86 and weaker machines: they reach memory at some later
 * moment, in order; what a thread itself has stored it sees at once. An atomic read-modify-write and a full fence empty
 * the buffer; the sleeper's membarrier empties the publisher's. The sleeper's only store is a read-modify-write.
 *
 *   -DFENCED=1      full fences at both sides in place of membarrier
 *   -DBROKEN_…      a fault, which must be found: see run.mjs
 */
#ifndef ITEMS
#define ITEMS 3
#endif
#ifndef FENCED
#define FENCED 0
#endif

/* In memory; what the publisher has stored beyond that is in its buffer. */
byte items;
bool closed;
byte buffered;
bool bufferedClose;
/* Bit `asleep` of the bell. */
bool bell;
bool parked;

/* The buffer gives up its oldest store. Close is the last. */
inline drainOne() {
  if
  :: items < buffered -> items++
  :: items == buffered && bufferedClose && !closed -> closed = true
  fi
}

#define isDrained (items == buffered && closed == bufferedClose)
#define drain() atomic { items = buffered; closed = bufferedClose }

proctype storeBuffer() {
end:
  do
  :: atomic { !isDrained -> drainOne() }
  od
}

inline ring() {
#if FENCED
#ifndef BROKEN_NO_FENCE
  drain();
#endif
#endif
  /* P3, a plain load. */
  seen = bell;
  if
  :: seen ->
     /* A read-modify-write, then futex wake. */
     atomic { drain(); bell = false };
     parked = false
  :: else
  fi
}

active proctype publisher() {
  bool seen;
  do
  :: buffered < ITEMS ->
     buffered++;
     ring()
  :: else -> break
  od;
  bufferedClose = true;
  ring()
}

active proctype sleeper() {
  byte taken;
  bool there;
  do
  :: taken < items -> taken++
  :: else ->
     if
     :: taken == items && closed -> break
     :: else
     fi;
     /* S1 */
     bell = true;
     /* S2 */
#if FENCED
     skip;
#else
#ifndef BROKEN_NO_HEAVY_FENCE
     drain();
#endif
#endif
     /* S3 */
     atomic { there = (taken < items || closed) };
#ifdef BROKEN_NO_SECOND_LOOK
     there = false;
#endif
     if
     :: there
     :: else ->
        /* S4: the kernel compares the word and parks in one step. */
        atomic { if :: bell -> parked = true :: else fi };
        !parked
     fi;
     bell = false
  od;
  assert(taken == ITEMS)
}

init {
  run storeBuffer()
}
