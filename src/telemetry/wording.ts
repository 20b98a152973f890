import type { EventName, Events } from './events.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'

type Wording<E extends EventName> = { level: Level | ((facts: Events[E]) => Level); says: string }

/** Every event's level and words in the log; an event without them does not compile. */
export const WORDING: { [E in EventName]: Wording<E> } = {
  'service.started': { level: 'info', says: 'service started' },
  'service.stopping': { level: 'info', says: 'service is stopping' },
  'service.stopped': { level: 'info', says: 'service stopped' },
  'config.warning': { level: 'warn', says: 'a setting is odd' },
  'command.received': { level: 'debug', says: 'command received' },
  'command.answered': { level: 'info', says: 'command answered' },
  'account.linked': { level: 'info', says: 'accounts linked' },
  'account.split': { level: 'info', says: 'account split off' },
  'user.forgotten': { level: 'info', says: 'person cut off from their data' },
  'job.submitted': { level: 'info', says: 'job submitted' },
  'job.claimed': { level: 'info', says: 'job claimed' },
  'job.requeued': { level: 'warn', says: 'job goes back to the queue' },
  'job.ended': { level: ({ state }) => (state === 'failed' ? 'warn' : 'info'), says: 'job ended' },
  'job.rescued': { level: 'warn', says: 'job taken from a worker that is gone' },
  'job.lease_lost': { level: 'warn', says: 'another worker has the job' },
  'page.fetched': { level: 'debug', says: 'page fetched' },
  'page.stored': { level: 'debug', says: 'page stored' },
  'page.failed': { level: ({ final }) => (final ? 'warn' : 'info'), says: 'page failed' },
  'page.evidence': { level: 'info', says: 'page kept as evidence' },
  'route.fallback': { level: 'warn', says: 'page read by a lesser route' },
  'route.differs': { level: 'warn', says: 'two routes read a page differently' },
  'coverage.measured': { level: 'debug', says: 'coverage of a job' },
  'coverage.fell': { level: 'warn', says: 'far fewer products have a field than usual' },
  'coverage.adopted': { level: 'warn', says: 'a fallen coverage is taken for the usual one' },
  'robots.refused': { level: 'info', says: 'robots.txt forbids' },
  'host.slowed': { level: 'warn', says: 'host slowed down' },
  'host.recovered': { level: 'info', says: 'host at its usual pace again' },
  'outbox.sent': { level: 'debug', says: 'message sent' },
  'outbox.retry': { level: 'warn', says: 'message waits for another try' },
  'outbox.dropped': { level: 'warn', says: 'message dropped' },
  'chat.edited': { level: 'debug', says: 'progress shown' },
  'chat.called': { level: 'debug', says: 'chat platform called' },
  'chat.limited': { level: 'warn', says: 'chat platform asks to wait' },
  'chat.failed': { level: 'error', says: 'chat platform failed' },
  'chat.connected': { level: 'info', says: 'chat platform connected' },
  'chat.disconnected': { level: 'warn', says: 'chat platform disconnected' },
  'chat.registered': { level: 'info', says: 'chat commands registered' },
  'chat.answer_lost': { level: 'warn', says: 'an answer did not arrive' },
  'result.written': { level: 'info', says: 'result file written' },
  'upkeep.swept': { level: 'info', says: 'swept' },
  'loop.blocked': { level: 'warn', says: 'the main thread was blocked' },
  'redis.away': { level: 'error', says: 'Redis is away: jobs wait' },
  'redis.refused': { level: 'error', says: 'Redis refuses commands: jobs wait' },
  'redis.back': { level: 'info', says: 'Redis is back' },
  'workers.away': { level: 'error', says: 'no worker is running: jobs wait' },
  'workers.back': { level: 'info', says: 'workers are back' },
  'queue.wedged': { level: 'error', says: 'jobs wait and none is taken' },
  'store.retry': { level: 'warn', says: 'the database was busy' },
  fault: { level: 'error', says: 'a bug' },
}

/** The level of one event. */
export function levelOf<E extends EventName>(name: E, facts: Events[E]): Level {
  const { level } = WORDING[name]
  return typeof level === 'function' ? level(facts) : level
}
