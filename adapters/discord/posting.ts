import { readFile } from 'node:fs/promises'
import { type APIMessage, Routes } from 'discord.js'
import { type Send, type Upload, UploadRefused } from '../../src/chat/platform.ts'
import type { Place } from '../../src/jobs/job.ts'
import type { Api, AttachedFile } from './api.ts'
import type { Body } from './outbound.ts'

/** One new message in a channel. */
export interface Post {
  channel: string
  body: Body
  /** The message that it answers, or null. */
  replyTo: string | null
  file?: AttachedFile
}

/** The direct channel with a person. @throws as Api.call */
export async function openDirect(api: Api, userId: string, signal?: AbortSignal): Promise<Place> {
  const call = { method: 'POST', route: Routes.userChannels(), body: { recipient_id: userId } } as const
  const { id } = await api.call<{ id: string }>({ ...call, ...(signal && { signal }) })
  return { platform: 'discord', workspace: '', channel: id, thread: null, isDirect: true }
}

/** One try. Discord drops a second post under the same nonce for some minutes. @throws as Api.call */
export async function postMessage(
  api: Api,
  { channel, body, replyTo, file }: Post,
  { key, signal }: Pick<Send, 'key' | 'signal'>,
): Promise<string> {
  const message = await api.call<APIMessage>({
    method: 'POST',
    route: Routes.channelMessages(channel),
    body: {
      ...body,
      nonce: key,
      enforce_nonce: true,
      ...(replyTo === null ? {} : { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
      ...(file ? { attachments: [{ id: '0', filename: file.name }] } : {}),
    },
    signal,
    ...(file ? { files: [file] } : {}),
  })
  return message.id
}

/** A file as it goes into a request. @throws UploadRefused above the limit, before a byte is sent */
export async function readAttachment(file: Upload, most: number): Promise<AttachedFile> {
  if (file.bytes > most) throw new UploadRefused(`${file.bytes} bytes; here at most ${most}`)
  return { name: file.name, data: await readFile(file.path), contentType: file.contentType }
}
