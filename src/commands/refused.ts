import { progressMessage } from '../chat/progress.ts'
import type { Refusal } from '../errors.ts'
import { isRefusal } from '../errors.ts'
import { sayRefusal } from '../messages/say.ts'
import type { Answer, Asking } from './command.ts'
import { answer, buttons, sceneOf, tell } from './told.ts'

/** What a person is told when a command is refused: the sentence, and what can be done about it as buttons. */
export async function refusedAnswer(asking: Asking, refusal: Refusal, text: string): Promise<Answer> {
  const sentence = sayRefusal(asking.desk.say, asking.asker.locale, refusal)
  if (isRefusal(refusal, 'job.active')) return activeAnswer(asking, refusal, sentence)
  return answer([sentence], stepsAfter(asking, refusal, text))
}

function stepsAfter(asking: Asking, refusal: Refusal, text: string) {
  if (isRefusal(refusal, 'site.unknown') || isRefusal(refusal, 'command.unknown')) {
    const { word, suggestion } = refusal.facts
    if (suggestion === 'help') return [buttons.plain(asking, 'help')]
    const line = suggestion === null ? undefined : corrected(text, word, suggestion)
    return [line === undefined ? undefined : buttons.line(asking, line), buttons.plain(asking, 'help')]
  }
  if (refusal.code === 'site.absent' || refusal.code === 'robots.forbidden') return [buttons.plain(asking, 'sites')]
  if (refusal.code === 'args.site_missing') return [buttons.plain(asking, 'sites'), buttons.plain(asking, 'help')]
  if (refusal.code === 'job.none_active' || refusal.code === 'job.unknown') return [buttons.plain(asking, 'history')]
  if (isRefusal(refusal, 'job.still_active')) {
    return [buttons.plain(asking, 'status'), buttons.cancel(asking, refusal.facts.jobId)]
  }
  if (isRefusal(refusal, 'link.both_active'))
    return [buttons.cancel(asking, refusal.facts.jobId), buttons.confirm(asking, text)]
  if (refusal.code === 'quota.bytes') return [buttons.plain(asking, 'history')]
  if (refusal.code === 'link.already') return [buttons.unlink(asking)]
  if (isRefusal(refusal, 'job.no_products')) return [buttons.again(asking, refusal.facts.jobId)]
  return []
}

/** The line with its misspelt word put right, where the word stands in it as it was typed. */
function corrected(text: string, word: string, suggestion: string): string | undefined {
  const line = text.normalize('NFC').replace(/\s+/g, ' ').trim()
  return line.includes(word) ? line.replace(word, () => suggestion) : undefined
}

/** The rule: what runs, how far it is, where, and a button that ends it. */
async function activeAnswer(asking: Asking, refusal: Refusal<'job.active'>, sentence: string): Promise<Answer> {
  const { jobId, link } = refusal.facts
  const running = await asking.desk.jobs.active(asking.asker.user.id).catch(() => undefined)
  const progress = running?.id === jobId ? progressMessage(running, await sceneOf(asking, running)) : undefined
  return {
    message: {
      lines: [
        sentence,
        ...(progress?.lines ?? []),
        ...(link === null ? [] : [{ link, text: tell(asking, 'reply.open') }]),
      ],
      ...(progress?.bar ? { bar: progress.bar } : {}),
      buttons: [buttons.cancel(asking, jobId), buttons.plain(asking, 'status')],
    },
    jobId,
  }
}
