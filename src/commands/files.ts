import { Refusal } from '../errors.ts'
import { command } from './command.ts'
import { format, jobId } from './options.ts'
import { answer, tell } from './told.ts'

/** `result [id] [--format F]`: hands the file of an ended job to the person alone. */
export const result = command({
  name: 'result',
  names: ['결과', '파일'],
  help: 'help.result',
  options: {
    id: jobId(),
    format: format(null),
  },
  examples: ['result', 'result --format csv'],
  run: async (asking, { id, format: form }) => {
    const { desk, asker } = asking
    const job = await desk.jobs.ended(asker.user.id, id ?? undefined)
    const file = await desk.results.open(asker.user.id, job.id, form ?? job.request.format, asker.locale)
    if (!file) throw new Refusal('job.no_products', { jobId: job.id })
    const title = tell(asking, 'reply.result', { name: file.name, rows: file.rows, size: file.bytes })
    const { path, name, bytes, contentType } = file
    const link = desk.linkToFile({ userId: asker.user.id, jobId: job.id, format: file.format })
    return { ...answer([title], [], job.id), files: [{ path, name, bytes, contentType, title, link }] }
  },
})
