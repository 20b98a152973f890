import type { MessagePort } from 'node:worker_threads'
import type { Product } from '../sites/product.ts'

/** The thread asks; the main side answers with a page, an empty page for the end, or `null` when it cannot go on. */
type Answer = Product[] | null

/** The main side stopped handing over rows; it knows why. */
class RowsStopped extends Error {
  override readonly name = 'RowsStopped'
}

/** Asks for one page at a time; a closed port answers null. */
function createQuestion(port: MessagePort): () => Promise<Answer> {
  let settle: (answer: Answer) => void = () => {}
  let isClosed = false
  port.on('message', (answer: Answer) => settle(answer))
  port.on('close', () => {
    isClosed = true
    settle(null)
  })
  return () =>
    new Promise((resolve) => {
      settle = resolve
      if (isClosed) resolve(null)
      else port.postMessage('next')
    })
}

/**
 * The thread's side: pages of products as they are asked for, the next one under way while one is written, so that at
 * most two are in memory. @throws RowsStopped
 */
export async function* receiveRows(port: MessagePort): AsyncGenerator<Product[]> {
  const ask = createQuestion(port)
  let next = ask()
  for (;;) {
    const rows = await next
    if (rows === null) throw new RowsStopped('the rows stopped before their end')
    if (rows.length === 0) return
    next = ask()
    yield rows
  }
}

/**
 * The main side: answers each question with what `page` returns, until the port closes.
 * @returns a promise that rejects with what `page` threw, and otherwise stays open
 */
export function serveRows(port: MessagePort, page: () => Promise<Product[]>): Promise<never> {
  return new Promise((_resolve, reject) => {
    port.on('message', () => {
      page().then(
        (rows) => port.postMessage(rows),
        (error: unknown) => {
          port.postMessage(null)
          reject(error)
        },
      )
    })
  })
}
