import { threadId } from 'node:worker_threads'

/** Does what the test asks of a thread. */
export default function task({ what, value, buffer }) {
  if (what === 'echo') return { value, threadId }
  if (what === 'size') return { value: buffer.byteLength, threadId }
  if (what === 'throw') throw new TypeError(`cannot do ${value}`)
  if (what === 'exit') process.exit(3)
  if (what === 'fill') {
    const kept = []
    for (;;) kept.push(new Array(10_000).fill(value))
  }
  if (what === 'hang') for (;;) value = Math.max(value, 0)
  return new Promise(() => {})
}
