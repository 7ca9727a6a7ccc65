import { ELEMENTS, type ElementType, layoutOf, type ViewOf } from '../elements.js'
import type { ItemType } from '../item-type.js'
import { type Memory, slotsOf } from '../memory.js'
import type { ConsumerOf, ProducerOf } from '../queue.js'
import { RingConsumer } from '../ring/consumer.js'
import { RingProducer } from '../ring/producer.js'

type ViewClass<Type extends ElementType> = new (buffer: SharedArrayBuffer, at: number) => ViewOf<Type>

/** Numbers, or bigints, of one kind; `name` is what stands for it as the option `type`. */
export function numbers<Type extends ElementType>(name: Type): ItemType<ProducerOf<Type>, ConsumerOf<Type>> {
  const slots = (memory: Memory) => slotsOf(memory, ELEMENTS[name].View as unknown as ViewClass<Type>)
  return {
    ...layoutOf(name),
    producer: (memory, options) => new RingProducer<Type>(memory, options, slots(memory)) as ProducerOf<Type>,
    consumer: (memory, options) => new RingConsumer<Type>(memory, options, slots(memory)) as ConsumerOf<Type>,
  }
}
