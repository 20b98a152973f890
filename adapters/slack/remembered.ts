/** A map that forgets what was put in longest ago once it holds `max`. */
export interface Remembered<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

export function createRemembered<V>(max: number): Remembered<V> {
  const kept = new Map<string, V>()
  return {
    get: (key) => kept.get(key),
    delete: (key) => void kept.delete(key),
    set(key, value) {
      kept.delete(key)
      kept.set(key, value)
      if (kept.size > max) kept.delete(kept.keys().next().value!)
    },
  }
}
