import { type APIInteraction, InteractionResponseType, MessageFlags, Routes } from 'discord.js'
import type { Message } from '../../src/chat/message.ts'
import { RateLimited, UploadRefused } from '../../src/chat/platform.ts'
import type { Clock } from '../../src/clock.ts'
import type { Reply } from '../../src/commands/command.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { Emit } from '../../src/telemetry/events.ts'
import type { Api, AttachedFile } from './api.ts'
import type { ButtonIds } from './buttons.ts'
import { codeOf, toPortError } from './errors.ts'
import { ANSWER_PAUSES_MS, DEFER_MS } from './limits.ts'
import { discordWords } from './messages.ts'
import { type Body, bodyOf, plainBody } from './outbound.ts'
import type { People } from './people.ts'
import { openDirect, postMessage, readAttachment } from './posting.ts'

export interface AnswerParts {
  api: Api
  ids: ButtonIds
  people: People
  clock: Clock
  emit: Emit
  /** Where neither the person nor the server tells a language. */
  locale: Locale
}

const UNKNOWN_INTERACTION = 10062
const ALREADY_ACKNOWLEDGED = 40060

/**
 * Says "one moment" to the person alone, within three seconds. A callback that failed on its way is repeated: if it had
 * arrived, Discord says so.
 * @returns false when the interaction is dead or another process has it: then nothing is to be done for it
 */
export async function defer({ api, clock }: AnswerParts, { id, token }: APIInteraction): Promise<boolean> {
  const until = clock.monotonic() + DEFER_MS
  const body = {
    type: InteractionResponseType.DeferredChannelMessageWithSource,
    data: { flags: MessageFlags.Ephemeral },
  }
  const call = { method: 'POST', route: Routes.interactionCallback(id, token), body, isInteraction: true } as const
  for (let tries = 1; ; tries++) {
    try {
      await api.raw({ ...call, signal: AbortSignal.timeout(Math.max(1, Math.ceil(until - clock.monotonic()))) })
      return true
    } catch (error) {
      const code = codeOf(error)
      if (code === ALREADY_ACKNOWLEDGED) return tries > 1 // at the first try: by another process
      if (code === UNKNOWN_INTERACTION || code !== undefined) return false
      // its fate is not known; the command is carried out, as the person pressed it and sees its thread
      if (clock.monotonic() + 200 * tries >= until) return true
      await clock.sleep(100 * tries)
    }
  }
}

/** Fills the deferred answer: only the person sees it. One that does not arrive goes by direct message. */
export async function answer(parts: AnswerParts, interaction: APIInteraction, reply: Reply): Promise<void> {
  const { api } = parts
  const { body, file } = await answerBody(parts, reply, interaction.guild_id ?? '', localeOfAnswer(parts, interaction))
  const route = Routes.webhookMessage(interaction.application_id, interaction.token, '@original')
  const fill = (it: Body) =>
    api.raw({ method: 'PATCH', route, body: withFile(it, file), isInteraction: true, ...(file && { files: [file] }) })
  try {
    await insist(parts, () => fill(body))
  } catch (error) {
    if (codeOf(error) === 50035) return lostUnless(parts, () => fill(plainBody(reply.message)))
    const userId = (interaction.member?.user ?? interaction.user)!.id
    await lostUnless(parts, () => answerDirectly(parts, userId, { body, key: interaction.id, file }))
  }
}

/** The text of an answer, with its file, or with what stands in a file's place. */
export async function answerBody(
  { people, ids }: AnswerParts,
  { message, files = [] }: Reply,
  guildId: string,
  locale: Locale,
): Promise<{ body: Body; file: AttachedFile | undefined }> {
  const [first] = files // `result` gives one
  if (!first) return { body: bodyOf(message, ids), file: undefined }
  try {
    const file = await readAttachment(first, people.attachmentBytes(guildId))
    return { body: bodyOf(message, ids), file }
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error
    const { link } = first
    const words = discordWords(locale)
    const line: Message['lines'][number] =
      link === null ? words.fileTooLarge(first.name) : { link, text: words.fileLink }
    return { body: bodyOf({ ...message, lines: [...message.lines, line] }, ids), file: undefined }
  }
}

export const localeOfAnswer = (parts: AnswerParts, interaction: APIInteraction): Locale =>
  parts.people.locale((interaction.member?.user ?? interaction.user)!.id) ?? parts.locale

/** An answer by direct message, once under the key of what it answers. @throws as Api.call */
export async function answerDirectly(
  { api }: AnswerParts,
  userId: string,
  { body, key, file }: { body: Body; key: string; file: AttachedFile | undefined },
): Promise<void> {
  const { channel } = await openDirect(api, userId)
  const signal = AbortSignal.timeout(15_000)
  await postMessage(api, { channel, body, replyTo: null, ...(file && { file }) }, { key, signal })
}

/** Repeats what is safe to repeat, a few times. @throws the last error */
export async function insist<T>({ clock }: AnswerParts, work: () => Promise<T>): Promise<T> {
  for (const pause of ANSWER_PAUSES_MS) {
    try {
      return await work()
    } catch (error) {
      if (codeOf(error) !== undefined && !(toPortError(error) instanceof RateLimited)) throw error
      await clock.sleep(pause)
    }
  }
  return work()
}

export async function lostUnless({ emit }: AnswerParts, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    emit('chat.answer_lost', { platform: 'discord', cause: error instanceof Error ? error.message : String(error) })
  }
}

const withFile = (body: Body, file: AttachedFile | undefined) =>
  file ? { ...body, attachments: [{ id: '0', filename: file.name }] } : body
