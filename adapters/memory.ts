/** A map that forgets its oldest entry when it is full. */
export interface Memory<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

/** @param max entries kept */
export function createMemory<V>(max: number): Memory<V> {
  const kept = new Map<string, V>()
  return {
    get: (key) => kept.get(key),
    set(key, value) {
      kept.delete(key) // set again, so that the map's order is by last use
      kept.set(key, value)
      if (kept.size > max) kept.delete(kept.keys().next().value!)
    },
    delete: (key) => void kept.delete(key),
  }
}
