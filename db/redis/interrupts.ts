import type { RedisLink } from './link.ts'

/** Tells every worker to end a job that was cancelled. One that misses it learns it at its next checkpoint. */
export interface Interrupts {
  /** Never throws. */
  send(jobId: string, reason: string): Promise<void>
  listen(): void
}

/** @param onInterrupt for what other processes send, and this one */
export function createInterrupts(
  link: RedisLink,
  channel: string,
  onInterrupt: (jobId: string, reason: string) => void,
): Interrupts {
  return {
    async send(jobId, reason) {
      await link.answered(() => link.commands.publish(channel, JSON.stringify([jobId, reason]))).catch(link.tell)
    },
    listen() {
      const hear = (text: string) => {
        const said = parse(text)
        if (said) onInterrupt(...said)
      }
      link.hear(channel, hear).catch(link.tell)
    },
  }
}

/** Anybody who reaches Redis can publish: what is no interrupt is nothing. */
function parse(text: string): [string, string] | undefined {
  try {
    const said: unknown = JSON.parse(text)
    if (!Array.isArray(said) || said.length !== 2) return undefined
    const [jobId, reason] = said
    return typeof jobId === 'string' && typeof reason === 'string' ? [jobId, reason] : undefined
  } catch {
    return undefined
  }
}
