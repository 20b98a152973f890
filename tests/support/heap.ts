import { queryObjects } from 'node:v8'

/** How many objects of a class this process still holds, once its garbage is gone. */
export async function held(type: abstract new (...given: never) => object): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve)) // what a turn looked at through a WeakRef lives to its end
  return queryObjects(type, { format: 'count' })
}
