import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  answersTo,
  crowdOf,
  eventually,
  type Fleet,
  type FleetProcess,
  haveLastWords,
  openFleet,
  type Person,
} from '../support/fleet.ts'
import { hasPostgres } from '../support/postgres.ts'
import { hasRedis } from '../support/redis.ts'
import { suiteWhere } from '../support/suites.ts'

const TEST_MS = 600_000

suiteWhere(hasRedis && hasPostgres, 'PostgreSQL and redis-server', 'result files without a shared disk', () => {
  let fleet: Fleet
  let writer: FleetProcess
  let minji: Person

  /** A result that one bot has written and sent, before there was another. */
  beforeEach(async () => {
    fleet = await openFleet({ shop: { latencyMs: 20 } })
    fleet.env.PUBLIC_URL = fleet.balancer.origin
    const [bot] = await Promise.all([fleet.startBot(), fleet.startWorker()])
    writer = bot!
    minji = crowdOf(fleet, 1)[0]!
    await fleet.slack.command(minji.user, minji.channel, 'ssg 노트북 --limit 40 --format csv')
    await eventually(() => haveLastWords(fleet, [minji]), 'the file')
  })
  afterEach(() => fleet.close())

  const filesOn = ({ dataDir }: FleetProcess): string[] =>
    existsSync(join(dataDir, 'files')) ? readdirSync(join(dataDir, 'files'), { recursive: true }).map(String) : []
  const sent = () => [...fleet.slack.files.values()].map(({ bytes }) => bytes)
  const ask = async ({ origin }: FleetProcess, line: string): Promise<void> => {
    fleet.slack.mode = { kind: 'http', url: `${origin}/slack/events` }
    const before = answersTo(fleet, minji).length
    await fleet.slack.command(minji.user, minji.channel, line)
    await eventually(() => answersTo(fleet, minji).length >= before + 2, 'the answer and what became of the file')
  }
  const linkIn = (): string =>
    /"url":"([^"]+\/files\/[^"]+)"/.exec(JSON.stringify(fleet.slack.ephemerals.at(-1)!.blocks))![1]!
  const read = async (url: string): Promise<Buffer> => {
    const answer = await fetch(url)
    expect(answer.status).toBe(200)
    return Buffer.from(await answer.arrayBuffer())
  }

  test(
    'a bot that never had it uploads the same bytes, and every bot serves every signed link',
    async () => {
      const other = await fleet.startBot()
      expect([filesOn(writer).length, filesOn(other).length]).toEqual([2, 0]) // the folder of the user, and the file
      await ask(other, 'result --format csv')
      expect(sent()).toHaveLength(2)
      expect(sent()[1]).toEqual(sent()[0])

      fleet.slack.failNext('files.getUploadURLExternal', { error: 'file_uploads_disabled' })
      await ask(other, 'result --format jsonl')
      const link = linkIn()
      expect(link.startsWith(`${fleet.balancer.origin}/files/`)).toBe(true)
      const path = link.slice(fleet.balancer.origin.length)
      const [fromOther, fromWriter] = [await read(other.origin + path), await read(writer.origin + path)]
      expect(fromWriter).toEqual(fromOther)
      expect(fromWriter.toString().trim().split('\n')).toHaveLength(40)
      await other.kill()
      rmSync(join(writer.dataDir, 'files'), { recursive: true })
      expect(await read(link)).toEqual(fromOther) // through the balancer, from the one that is left
    },
    TEST_MS,
  )

  test(
    'a file whose row another bot has removed goes from a bot’s own disk at its next start',
    async () => {
      await writer.kill()
      expect(filesOn(writer)).toHaveLength(2)
      await fleet.rows('delete from files')
      const again = await fleet.startBot({ DATA_DIR: writer.dataDir })
      await eventually(() => filesOn(again).length < 2, 'the end of the file') // its folder may go too
    },
    TEST_MS,
  )
})
