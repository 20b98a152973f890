import type { RESTOptions } from 'discord.js'
import { EnvHttpProxyAgent, fetch } from 'undici'
import { writtenForm } from '../written-form.ts'

/** How REST calls leave this machine. */
export interface WayOut {
  /** Undefined: the library's own way, direct. */
  makeRequest: RESTOptions['makeRequest'] | undefined
  close(): void
}

const PROXY_NAMES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY are obeyed where one of them is set; the gateway goes direct all the same. */
export function createWayOut(env: NodeJS.ProcessEnv): WayOut {
  if (!PROXY_NAMES.some((name) => env[name])) return { makeRequest: undefined, close: () => undefined }
  const dispatcher = new EnvHttpProxyAgent()
  return {
    async makeRequest(url, { method, headers, body, signal }) {
      const form = await writtenForm(body)
      const sent = form ? form.body : (body as string | null | undefined)
      const answer = await fetch(url, {
        ...{ dispatcher, redirect: 'error', body: sent ?? null, signal: (signal as AbortSignal | undefined) ?? null },
        ...(method ? { method } : {}),
        headers: { ...(headers as Record<string, string>), ...(form ? { 'content-type': form.contentType } : {}) },
      })
      const { ok, status, statusText, bodyUsed } = answer
      return {
        ...{ ok, status, statusText, bodyUsed, headers: new Headers([...answer.headers]) },
        body: answer.body as ReadableStream | null,
        arrayBuffer: () => answer.arrayBuffer(),
        json: () => answer.json(),
        text: () => answer.text(),
      }
    },
    close: () => void dispatcher.close().catch(() => undefined),
  }
}
