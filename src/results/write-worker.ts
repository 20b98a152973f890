import type { MessagePort } from 'node:worker_threads'
import { receiveRows } from './rows-port.ts'
import { type FileOrder, type Written, writeFile } from './write-file.ts'

/** What the main thread sends: the order, and the port through which rows come. */
export interface WriteTask extends FileOrder {
  port: MessagePort
}

/** An error's code is lost on its way out of a thread, so what the system refused comes back as a value. */
export type WriteOutcome = ({ kind: 'written' } & Written) | { kind: 'refused'; errno: string; message: string }

/** Writes a result file in a thread of the pool. @throws what is no refusal of the system: a bug, or RowsStopped */
export default async function write({ port, ...order }: WriteTask): Promise<WriteOutcome> {
  try {
    return { kind: 'written', ...(await writeFile(order, receiveRows(port))) }
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code
    if (typeof errno === 'string' && (error as NodeJS.ErrnoException).syscall !== undefined) {
      return { kind: 'refused', errno, message: (error as Error).message }
    }
    throw error
  } finally {
    port.close()
  }
}
