import type { Button, Line } from '../chat/message.ts'
import { createScenes, type Scene } from '../chat/scene.ts'
import type { Job } from '../jobs/job.ts'
import { toTopic } from '../jobs/topic.ts'
import type { None, SentenceFacts, SentenceKey, Topic } from '../messages/sentences.ts'
import { labelsOf } from '../sites/registry.ts'
import type { Answer, Asking } from './command.ts'

/** Says a sentence in the asker's language. */
export function tell<K extends SentenceKey>(
  { desk, asker }: Asking,
  key: K,
  ...facts: SentenceFacts[K] extends None ? [facts?: SentenceFacts[K]] : [facts: SentenceFacts[K]]
): string {
  return desk.say(asker.locale, key, ...facts)
}

/** The shop's name as the asker reads it. */
export const labelOf = ({ desk, asker }: Asking, site: string): string => labelsOf(desk.sites)(site, asker.locale)

/** What a job is about, for sentences. */
export const topicOf = (asking: Asking, job: Job): Topic => toTopic(job, labelOf(asking, job.request.site))

/** What a job's progress is told with, in the asker's language. */
export const sceneOf = (asking: Asking, job: Job): Promise<Scene> =>
  createScenes({
    language: async () => asking.asker.locale,
    label: (site) => labelOf(asking, site),
    say: asking.desk.say,
    isWorkerless: asking.desk.isWorkerless,
    contact: asking.desk.options.contact,
  })({ job, owner: { account: asking.asker.account, locale: asking.asker.locale } })

/** An answer of lines and buttons; empty lines are left out. */
export function answer(lines: (Line | undefined)[], buttons: (Button | undefined)[] = [], jobId?: string): Answer {
  const kept = buttons.filter((button) => button !== undefined)
  return {
    message: {
      lines: lines.filter((line) => line !== undefined),
      ...(kept.length > 0 ? { buttons: kept } : {}),
    },
    ...(jobId === undefined ? {} : { jobId }),
  }
}

/** The buttons of answers, each with the line that it stands for. */
export const buttons = {
  cancel: (asking: Asking, jobId: string): Button => ({
    label: tell(asking, 'button.cancel'),
    style: 'danger',
    command: `cancel ${jobId}`,
  }),
  again: (asking: Asking, jobId: string): Button => ({
    label: tell(asking, 'button.again'),
    style: 'normal',
    command: `again ${jobId}`,
  }),
  retry: (asking: Asking, jobId: string): Button => ({
    label: tell(asking, 'button.retry'),
    style: 'primary',
    command: `retry ${jobId}`,
  }),
  result: (asking: Asking, job: Job): Button => ({
    label: tell(asking, 'button.format', { format: job.request.format }),
    style: 'normal',
    command: `result ${job.id}`,
  }),
  plain: (asking: Asking, name: 'status' | 'history' | 'help' | 'sites'): Button => ({
    label: tell(asking, `button.${name}`),
    style: 'normal',
    command: name,
  }),
  /** @param line what it stands for: `link CODE confirm` */
  confirm: (asking: Asking, line: string): Button => ({
    label: tell(asking, 'button.link'),
    style: 'primary',
    command: line,
  }),
  unlink: (asking: Asking): Button => ({ label: tell(asking, 'button.unlink'), style: 'danger', command: 'unlink' }),
  /** @param line what it stands for: `forget confirm` */
  forget: (asking: Asking, line: string): Button => ({
    label: tell(asking, 'button.forget'),
    style: 'danger',
    command: line,
  }),
  line: (asking: Asking, line: string): Button => ({
    label: tell(asking, 'button.example', { line }),
    style: 'normal',
    command: line,
  }),
}

/** The line that opens a job's thread, or undefined when it has none yet or its platform makes no links. */
export async function linkLine(asking: Asking, job: Job): Promise<Line | undefined> {
  const link = job.thread === null ? null : await asking.desk.linkOf(job.thread).catch(() => null)
  return link === null ? undefined : { link, text: tell(asking, 'reply.open') }
}
