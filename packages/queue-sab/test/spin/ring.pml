/*
 * The ring's waiting, closing and dying, as in LAYOUT.md and src/ring: one word of each end holds its count, CLOSED and
 * WAITING, and changes in one step. The two ends may hold back what they have written or read, and publish it whenever
 * they like, but before they sleep or end. A thread may die between any two steps, also asleep; whoever watches it then
 * closes for it. Nothing times out: a wake-up that is lost is a thread that never ends, which the verifier reports.
 *
 *   -DCAPACITY=n -DITEMS=n   the case; counts go round modulo MODULUS, a power of two above CAPACITY + 2
 *   -DCLOSES=1               the producer closes at the end; else both ends just stop
 *   -DCONSUMER_CLOSES=n      the consumer closes after n items
 *   -DPRODUCER_DIES=1 -DCONSUMER_DIES=1
 *   -DBROKEN_…               a fault, which must be found: see run.mjs
 */
#ifndef CAPACITY
#define CAPACITY 1
#endif
#ifndef ITEMS
#define ITEMS 2
#endif
#ifndef MODULUS
#define MODULUS 8
#endif
#ifndef CLOSES
#define CLOSES 0
#endif
#ifndef CONSUMER_CLOSES
#define CONSUMER_CLOSES 255
#endif
#ifndef PRODUCER_DIES
#define PRODUCER_DIES 0
#endif
#ifndef CONSUMER_DIES
#define CONSUMER_DIES 0
#endif

#define TAIL 0
#define HEAD 1

typedef Word { byte count; bool closed; bool waiting };
Word word[2];
/* Whether somebody sleeps on the word: the engine's list of waiters. */
bool asleep[2];
byte slot[CAPACITY];
/* How an end came to be over: see setState in src/memory.ts. */
bool diedState[2];
bool dead[2];
byte published;
byte popped;

#define MINUS(a, b) ((a + MODULUS - (b)) % MODULUS)

/* Atomics.notify */
#define WAKE(own) asleep[own] = false

/* Between two steps of a thread that may be terminated, and while it sleeps. */
#define MAY_DIE_HERE if :: true :: dies -> goto gone fi

/* For the assertions: all that the word says is published. */
#define note(own) if :: own == TAIL -> published = published + MINUS(to, from) :: else fi

inline publish(own, from, to) {
#ifdef BROKEN_FLAG_FIRST
  /* Asks who sleeps before it publishes. */
  waited = word[own].waiting;
  atomic { word[own].count = to; word[own].waiting = false; note(own) };
#else
  atomic { waited = word[own].waiting; word[own].count = to; word[own].waiting = false; note(own) };
#endif
  if
  :: waited -> MAY_DIE_HERE; WAKE(own)
  :: else
  fi
}

inline close(own) {
  word[own].closed = true;
  MAY_DIE_HERE;
#ifndef BROKEN_CLOSE_SILENT
  WAKE(own)
#endif
}

/* Sleeps until the peer's word is no longer at `expected`, or closed. */
inline awaitPeer(peer, expected) {
  do
  :: atomic { seenCount = word[peer].count; seenClosed = word[peer].closed };
     if
     :: seenCount != expected || seenClosed -> break
     :: else
     fi;
     MAY_DIE_HERE;
#ifdef BROKEN_SLEEP_UNJUDGED
     /* Says that it sleeps, whatever the word is by now, and sleeps on that. */
     atomic { word[peer].waiting = true; seenCount = word[peer].count; seenClosed = word[peer].closed; swapped = true };
#else
     atomic {
       swapped = (word[peer].count == seenCount && word[peer].closed == seenClosed);
       if :: swapped -> word[peer].waiting = true :: else fi
     };
#endif
     MAY_DIE_HERE;
     if
     :: swapped ->
        /* Atomics.wait looks once more, and goes to sleep in the same step. */
        atomic {
          if
          :: word[peer].count == seenCount && word[peer].closed == seenClosed && word[peer].waiting -> asleep[peer] = true
          :: else
          fi
        };
        if
        :: !asleep[peer]
        :: dies -> goto gone
        fi
     :: else
     fi
  od
}

active proctype producer() {
  byte tail, limit, given, next, seenCount, released, from;
  bool waited, swapped, seenClosed, dies;
  dies = PRODUCER_DIES;
  limit = CAPACITY;
  next = 1;
  do
  :: next > ITEMS -> break
  :: else ->
     if
     :: MINUS(tail, released) == CAPACITY ->
        /* A full ring is no time to hold anything back. */
        if
#ifndef BROKEN_SLEEP_UNFLUSHED
        :: given != tail -> from = given; given = tail; publish(TAIL, from, tail)
#endif
        :: else
        fi;
        MAY_DIE_HERE;
        atomic { released = word[HEAD].count; seenClosed = word[HEAD].closed };
        if
        :: seenClosed -> goto refused
        :: !seenClosed && MINUS(tail, released) == CAPACITY -> awaitPeer(HEAD, released)
        :: else
        fi
     :: else ->
        MAY_DIE_HERE;
        slot[tail % CAPACITY] = next;
        tail = (tail + 1) % MODULUS;
        next++;
        MAY_DIE_HERE;
        if
        :: true -> from = given; given = tail; publish(TAIL, from, tail)
        /* Held back. */
        :: true
        fi
     fi
  od;
refused:
  /* The end of the microtask turn, or of the stream. */
  if
  :: given != tail -> from = given; given = tail; publish(TAIL, from, tail)
  :: else
  fi;
  MAY_DIE_HERE;
  if
  :: CLOSES -> close(TAIL)
  :: else
  fi;
  goto end;
gone:
  dead[TAIL] = true;
end:
  skip
}

active proctype consumer() {
  byte head, limit, given, seenCount, item, from;
  bool waited, swapped, seenClosed, ended, dies;
  dies = CONSUMER_DIES;
  do
  :: popped == ITEMS && !CLOSES -> break
  :: popped == CONSUMER_CLOSES -> break
  :: else ->
     if
     :: head == limit ->
        if
        :: given != head -> from = given; given = head; publish(HEAD, from, head)
        :: else
        fi;
        MAY_DIE_HERE;
        /* One load tells both: what there is, and whether that is all. */
        atomic { limit = word[TAIL].count; ended = word[TAIL].closed && word[TAIL].count == head };
        if
        :: ended -> break
        :: !ended && head == limit -> awaitPeer(TAIL, head)
        :: else
        fi
     :: else ->
        MAY_DIE_HERE;
        item = slot[head % CAPACITY];
        assert(item == popped + 1);
        head = (head + 1) % MODULUS;
        popped++;
        MAY_DIE_HERE;
        if
        :: true -> from = given; given = head; publish(HEAD, from, head)
        :: true
        fi
     fi
  od;
  if
  :: given != head -> from = given; given = head; publish(HEAD, from, head)
  :: else
  fi;
  /* All that was published has arrived, and a death is told. */
  assert(popped <= ITEMS);
  if
  :: ended && diedState[TAIL] -> assert(popped == published)
  :: ended && !diedState[TAIL] -> assert(popped == ITEMS)
  :: else
  fi;
  if
  :: CONSUMER_CLOSES != 255 -> close(HEAD)
  :: else
  fi;
  goto end;
gone:
  dead[HEAD] = true;
end:
  skip
}

/* `queue.abandon` of a thread that is gone. It may have died in its own close, before it came to wake the peer. */
proctype watcher(byte own) {
end:
  dead[own];
  if
  :: word[own].closed ->
#ifndef BROKEN_ABANDON_CLOSED
     WAKE(own);
#endif
     skip
  :: !word[own].closed ->
     diedState[own] = true;
     word[own].closed = true;
#ifndef BROKEN_ABANDON_SILENT
     WAKE(own);
#endif
     skip
  fi
}

init {
  atomic {
    if :: PRODUCER_DIES -> run watcher(TAIL) :: else fi;
    if :: CONSUMER_DIES -> run watcher(HEAD) :: else fi
  }
}
