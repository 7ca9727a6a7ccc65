// What every queue backend of spsc keeps in every order of its threads' steps, by the contract in @spsc/core's queue.ts. An
// end that brings no waiting of its own is asked again when something has changed.

/** The backend called `name` among the exports of its module. */
function backendIn(subject, name) {
  const backend = Object.values(subject).find((one) => one?.name === name && typeof one.attach === 'function')
  if (backend === undefined) throw new Error(`no export is a backend called ${name}`)
  return backend
}

function same(actual, expected, what) {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, got ${found}`)
}

const upTo = (count) => Array.from({ length: count }, (_, i) => i)

/** Gives whether the item is in the queue; not: an end is closed. */
function pushOne(producer, item, blocks) {
  try {
    if (blocks) return producer.push(item)
    while (!producer.closed) {
      if (producer.tryPush(item)) return true
      pause()
    }
    return false
  } catch (error) {
    if (error.code === 'ERR_CLOSED') return false
    throw error
  }
}

/** The next item; `undefined` at the end of the stream. */
function popOne(consumer, blocks) {
  if (blocks) return consumer.pop()
  for (;;) {
    // First: an item that was pushed before close() is then found.
    const closed = consumer.closed
    const item = consumer.tryPop()
    if (item !== undefined || closed) return item
    pause()
  }
}

function scenarioOf(subject, { name, capacity, racy, words }, { title, threads, check }) {
  const backend = backendIn(subject, name)
  const blocks = backend.supports.block === true
  return {
    title: `${name}, capacity ${capacity}: ${title}`,
    racy,
    words,
    setup: () => backend.create({ capacity }).handle,
    threads: threads(backend, blocks),
    check: (outcomes, handle) => check(outcomes, backend.attach(handle)),
  }
}

export function stream(subject, parameters) {
  const { items, close } = parameters
  return scenarioOf(subject, parameters, {
    title: `${items} items arrive${close ? ', and the stream ends' : ''}`,
    threads: (backend, blocks) => ({
      producer: {
        start: (handle) => backend.attach(handle).producer(),
        run(producer, note) {
          for (let item = 0; item < items; item++) note(pushOne(producer, item, blocks))
          if (close) producer.close()
        },
      },
      consumer: {
        start: (handle) => backend.attach(handle).consumer(),
        run(consumer, note) {
          for (let pops = 0; pops < items; pops++) note(popOne(consumer, blocks))
          return close ? popOne(consumer, blocks) : undefined
        },
      },
    }),
    check({ consumer }) {
      same([consumer.notes, consumer.value], [upTo(items), undefined], 'items')
    },
  })
}

export function consumerCloses(subject, parameters) {
  const { items, pops, capacity } = parameters
  return scenarioOf(subject, parameters, {
    title: `the consumer closes after ${pops} of ${items} items`,
    threads: (backend, blocks) => ({
      producer: {
        start: (handle) => backend.attach(handle).producer(),
        run(producer, note) {
          for (let item = 0; item < items; item++) {
            const pushed = pushOne(producer, item, blocks)
            note(pushed)
            if (!pushed) return
          }
        },
      },
      consumer: {
        start: (handle) => backend.attach(handle).consumer(),
        run(consumer, note) {
          for (let popped = 0; popped < pops; popped++) note(popOne(consumer, blocks))
          consumer.close()
        },
      },
    }),
    check({ producer, consumer }) {
      same(consumer.notes, upTo(pops), 'items')
      const pushed = producer.notes.filter((one) => one).length
      if (pushed > pops + capacity) throw new Error(`${pushed} items pushed`)
    },
  })
}

export function claims(subject, parameters) {
  const { end } = parameters
  return scenarioOf(subject, parameters, {
    title: `of two threads that take the ${end}, one gets it`,
    threads(backend) {
      const claim = {
        start: (handle) => backend.attach(handle),
        run(queue) {
          try {
            queue[end]()
            return 'taken'
          } catch (error) {
            return error.code
          }
        },
      }
      return { one: claim, other: claim }
    },
    check({ one, other }) {
      same([one.value, other.value].sort(), ['ERR_CLAIMED', 'taken'], 'who has it')
    },
  })
}
