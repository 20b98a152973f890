import { webApi } from '@slack/bolt'
import { type Dispatcher, EnvHttpProxyAgent, type RequestInit as ProxiedInit, fetch as proxiedFetch } from 'undici'
import { type LinkedSignal, linkSignal } from '../../src/linked-signal.ts'
import { writtenForm } from '../written-form.ts'
import { platformError } from './errors.ts'
import { API_TIMEOUT_MS } from './limits.ts'
import { SILENT } from './logger.ts'

/** Slack's Web API. Nothing is repeated here, nothing waits: who calls decides what follows. */
export interface SlackApi {
  /**
   * One call, by a client of its own: no call stands behind another's pause, and no two share options.
   * @throws RateLimited, ThreadGone, UploadRefused, PlatformDown, the signal's reason; anything else may have arrived
   */
  call<T>(signal: AbortSignal, work: (client: webApi.WebClient) => Promise<T>): Promise<T>
  /** A plain request, by the same way out (proxy) as the calls. */
  fetch: typeof fetch
  /** That way out for sockets; undefined where no proxy is set. */
  dispatcher: Dispatcher | undefined
}

export interface SlackApiOptions {
  token: string
  apiUrl: string
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY are obeyed where one of them is set. */
  env?: NodeJS.ProcessEnv
}

export function createSlackApi({ token, apiUrl, env = process.env }: SlackApiOptions): SlackApi {
  const dispatcher = proxyOf(env)
  const out = dispatcher ? createFetch(dispatcher) : fetch
  return {
    fetch: out,
    dispatcher,
    async call(signal, work) {
      signal.throwIfAborted()
      const cut = cutBy(signal, out)
      const client = new webApi.WebClient(token, clientOptions(apiUrl, cut.fetch))
      try {
        return await work(client)
      } catch (error) {
        if (signal.aborted) throw signal.reason
        throw platformError(error)
      } finally {
        cut.release()
      }
    },
  }
}

/** Options of one client: never shared, as the library writes into them. */
export const clientOptions = (apiUrl: string, out: typeof fetch): webApi.WebClientOptions => ({
  slackApiUrl: apiUrl,
  retryConfig: { retries: 0 },
  timeout: API_TIMEOUT_MS,
  rejectRateLimitedCalls: true,
  logger: SILENT,
  fetch: out,
})

/** Requests that end with the signal too, beside the library's own limit of each, until they are released. */
function cutBy(signal: AbortSignal, out: typeof fetch): { fetch: typeof fetch; release(): void } {
  const links: LinkedSignal[] = []
  return {
    fetch: (url, init) => {
      const link = linkSignal(signal, ...(init?.signal ? [init.signal] : []))
      links.push(link)
      return out(url, { ...init, signal: link.signal })
    },
    release: () => links.forEach((link) => void link.release()),
  }
}

const PROXY_NAMES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']

const proxyOf = (env: NodeJS.ProcessEnv): Dispatcher | undefined =>
  PROXY_NAMES.some((name) => env[name]) ? new EnvHttpProxyAgent() : undefined

/** `fetch` through a proxy: Node's own passes the environment's over. */
function createFetch(dispatcher: Dispatcher): typeof fetch {
  return async (url, init) => {
    const form = await writtenForm(init?.body)
    const whole = form && {
      body: form.body,
      headers: { ...(init?.headers as Record<string, string>), 'content-type': form.contentType },
    }
    const asked = { ...init, ...whole, dispatcher } as unknown as ProxiedInit
    return (await proxiedFetch(String(url), asked)) as unknown as Response
  }
}
