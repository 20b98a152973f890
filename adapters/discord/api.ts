import { REST, type RESTOptions, type RequestData, type RouteLike } from 'discord.js'
import { PlatformDown, RateLimited } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import { toPortError } from './errors.ts'
import { INVALID_MAX, INVALID_WINDOW_MS, REST_MS } from './limits.ts'
import { createWayOut, type WayOut } from './way-out.ts'

/** A file in a request. */
export interface AttachedFile {
  name: string
  data: Buffer
  contentType: string
}

export interface ApiCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  route: RouteLike
  body?: unknown
  query?: Record<string, string>
  files?: AttachedFile[]
  signal?: AbortSignal
  /** Interaction routes carry their own token in the path. */
  isInteraction?: boolean
}

/** Calls to Discord's REST API. */
export interface Api {
  /** One try. @throws RateLimited, ThreadGone, UploadRefused, PlatformDown, TextRefused, ThreadArchived; or unknown */
  call<T = unknown>(call: ApiCall): Promise<T>
  /** The same with the library's own error, for those who look at its code. */
  raw<T = unknown>(call: ApiCall): Promise<T>
  /** The token was refused: nothing is sent any more. */
  refuse(cause: string): void
  /** Why nothing is sent, or undefined. */
  refused(): string | undefined
  /** The bot's own user id. */
  self(signal?: AbortSignal): Promise<string>
  /** How another REST client of this bot is made. */
  readonly options: Partial<RESTOptions>
  close(): void
}

/** How every REST manager of the bot is made: no repeats of its own, no waiting in silence. */
const restOptions = (apiUrl: string, { makeRequest }: WayOut): Partial<RESTOptions> => ({
  api: apiUrl,
  ...(makeRequest ? { makeRequest } : {}),
  retries: 0, // the library repeats a 5xx at once, and a post that had arrived would stand there twice
  timeout: REST_MS,
  rejectOnRateLimit: () => true, // waiting is the outbox's, which knows what is more urgent
})

/** A REST client that needs no gateway and stops itself before Discord stops it. */
export function createApi(settings: { token: string; apiUrl: string }, clock: Clock): Api {
  const wayOut = createWayOut(process.env)
  const options = restOptions(settings.apiUrl, wayOut)
  const rest = new REST(options).setToken(settings.token)
  const guard = createInvalidGuard(clock)
  let refusal: string | undefined
  let self: string | undefined
  rest.on('response', (_, response) => {
    const isShared = response.headers.get('x-ratelimit-scope') === 'shared'
    if ([401, 403].includes(response.status) || (response.status === 429 && !isShared)) guard.count()
  })

  async function raw<T>({ method, route, body, query, files, signal, isInteraction }: ApiCall): Promise<T> {
    if (refusal !== undefined) throw new PlatformDown(refusal)
    guard.check()
    const request: RequestData = {
      ...(body === undefined ? {} : { body }),
      ...(query ? { query: new URLSearchParams(query) } : {}),
      ...(files ? { files } : {}),
      ...(signal ? { signal } : {}),
      ...(isInteraction ? { auth: false } : {}),
    }
    try {
      return (await rest.request({ ...request, method: method as never, fullRoute: route })) as T
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      // a 401 of an interaction's own token says nothing of the bot's
      if (!isInteraction && toPortError(error) instanceof PlatformDown) refusal ??= String((error as Error).message)
      throw error
    }
  }

  return {
    ...{ raw, options },
    async call<T>(call: ApiCall): Promise<T> {
      try {
        return await raw<T>(call)
      } catch (error) {
        throw toPortError(error)
      }
    },
    refuse: (cause) => {
      refusal ??= cause
    },
    refused: () => refusal,
    async self(signal) {
      self ??= (await raw<{ id: string }>({ method: 'GET', route: '/users/@me', ...(signal ? { signal } : {}) })).id
      return self
    },
    close() {
      rest.clearHashSweeper()
      rest.clearHandlerSweeper()
      wayOut.close()
    },
  }
}

/** Counts answers that Discord takes for misuse. @throws RateLimited while there were too many */
function createInvalidGuard(clock: Clock) {
  const times: number[] = []
  const forget = () => {
    const since = clock.monotonic() - INVALID_WINDOW_MS
    while (times.length > 0 && times[0]! <= since) times.shift()
  }
  return {
    count() {
      forget()
      times.push(clock.monotonic())
    },
    check() {
      forget()
      if (times.length < INVALID_MAX) return
      throw new RateLimited(Math.ceil(times[0]! + INVALID_WINDOW_MS - clock.monotonic()) + 1)
    },
  }
}
