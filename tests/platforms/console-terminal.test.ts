import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createConsole } from '../../adapters/console/index.ts'
import { linesOf } from '../../adapters/console/outbound.ts'
import { columnsOf, padTo } from '../../adapters/console/width.ts'
import type { Message } from '../../src/chat/message.ts'
import { systemClock } from '../../src/clock.ts'
import type { Invocation, Reply } from '../../src/commands/command.ts'
import type { Place } from '../../src/jobs/job.ts'
import { createSay } from '../../src/messages/say.ts'
import { Written } from '../support/console-rig.ts'
import { createJumpingClock } from '../support/jumping-clock.ts'
import { makeFolder } from '../support/store-house.ts'
import { until } from '../support/until.ts'

const place: Place = { platform: 'console', workspace: '', channel: 'local', thread: null, isDirect: true }
const root: Message = { who: { externalId: 'local', name: 'local' }, lines: [{ bold: 'SSG.COM · 노트북' }] }
const signal = new AbortController().signal
const CSV = { path: '/data/a.csv', name: 'ssg.csv', bytes: 1, contentType: 'text/csv', title: 'the title', link: null }
const send = (key: string, isUncertain = false) => ({ key, isUncertain, signal })
const opening = { ...send('root'), isPrivate: false, title: 't', owner: { externalId: 'local', name: 'local' } }
const progress = (done: number, isOver = false): Message => ({
  lines: ['수집 중'],
  bar: { done, total: 100 },
  ...(isOver ? {} : { buttons: [{ label: '취소', style: 'danger', command: 'cancel j1' }] }),
})

/** A console and everything that is asked of it. */
function openConsole(
  terminal?: { columns: number; rows: number },
  clock = systemClock,
  more: { saveIn?: string } = {},
) {
  const input = new PassThrough() as PassThrough & { isTTY?: boolean }
  const output = new Written(terminal)
  const asked: Invocation[] = []
  const console = createConsole({ input, output, clock, say: createSay('Asia/Seoul'), locale: 'ko', ...more })
  const dispatch = async (invocation: Invocation): Promise<Reply> => {
    asked.push(invocation)
    const isForgotten = invocation.text === 'forget confirm'
    return { message: { lines: [`답 ${asked.length}`] }, outcome: 'ok', ...(isForgotten && { isForgotten }) }
  }
  return { input, output, asked, console, dispatch }
}

/** What a terminal of this size shows after these bytes; knows the few escapes that the console uses. */
function screenOf(text: string): string[] {
  const rows: string[] = ['']
  let row = 0
  let column = 0
  const put = (character: string) => {
    const line = (rows[row] ?? '').padEnd(column)
    rows[row] = line.slice(0, column) + character + line.slice(column + 1)
    column++
  }
  for (const [token] of text.matchAll(/\x1b\[[?\d;]*[A-Za-z]|[\s\S]/gu)) {
    const code = /^\x1b\[([?\d;]*)([A-Za-z])$/.exec(token)
    const count = Number(code?.[1] || 1)
    if (token === '\n') {
      row++
      rows[row] ??= ''
      column = 0
    } else if (token === '\r') column = 0
    else if (!code) put(token)
    else if (code[2] === 'A') row = Math.max(0, row - count)
    else if (code[2] === 'B') row += count
    else if (code[2] === 'G') column = count - 1
    else if (code[2] === 'K') rows[row] = code[1] === '2' ? '' : (rows[row] ?? '').slice(0, column)
    else if (code[2] === 'J') rows.splice(row, rows.length, (rows[row] ?? '').slice(0, column))
  }
  return rows
}

describe('foreign text in the terminal', () => {
  const drawing = { isColoured: false, numberOf: () => 1 }
  const draw = (text: string) => linesOf({ lines: [text, { bold: text }, { link: text, text }] }, drawing).join('\n')

  test('is never obeyed: escapes, line ends, direction marks and C1 controls are written out', () => {
    const text = draw('a\x1b[2Jb\r\nc\u202ed\x9b1me\x00f\u2028g\u2066h')
    expect(text.split('\n')).toHaveLength(3)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u202e\u2066]/u)
    expect(text).toContain('a\\x1b[2Jb\\r\\nc\\u202ed\\x9b1me\\x00f\\u2028g\\u2066h')
  })

  test('in a person’s name, a button and a file’s path is written out too', async () => {
    const { console, output } = openConsole()
    const thread = await console.open({ ...place, channel: 'e\x1bvil' }, { ...root, lines: ['x'] }, opening)
    await console.upload(
      thread,
      { path: '/tmp/a\x1b[31m', name: 'a', bytes: 1, contentType: 'text/csv', title: 't\x1b' },
      send('file'),
    )
    await console.post(
      thread,
      { lines: [], buttons: [{ label: 'b\x1b', style: 'normal', command: 'help' }] },
      send('b'),
    )
    expect(output.text).not.toContain('\x1b')
  })

  test('takes the columns that it is given', () => {
    expect([columnsOf('노트북 a'), columnsOf('e\u0301'), columnsOf('🛒')]).toEqual([8, 1, 2])
    expect([padTo('민지', 6), padTo('jun', 6)].map(columnsOf)).toEqual([6, 6])
  })
})

describe('on a pipe', () => {
  test('progress is a line when it has changed, and nothing when it has not', async () => {
    const { console, output } = openConsole()
    const thread = await console.open(place, root, opening)
    await console.post(thread, progress(1), send('p'))
    for (const done of [1, 2, 2, 2, 3]) await console.edit(thread, 'p', progress(done), signal)
    expect(output.lines().filter((line) => line.includes('%'))).toEqual([
      '1% · 수집 중',
      '2% · 수집 중',
      '3% · 수집 중',
    ])
    expect(output.text).not.toContain('\x1b')
  })

  test('a repeated send is not written twice', async () => {
    const { console, output } = openConsole()
    const thread = await console.open(place, root, opening)
    expect(await console.open(place, root, { ...opening, isUncertain: true })).toEqual(thread)
    await console.post(thread, { lines: ['끝'] }, send('word'))
    await console.post(thread, { lines: ['끝'] }, send('word', true))
    expect(output.lines().filter(Boolean)).toEqual(['local: SSG.COM · 노트북', '끝'])
  })

  test('people’s lines stand under their names, aligned', async () => {
    const { console, output } = openConsole()
    await console.open(place, root, opening)
    const minji = await console.open({ ...place, channel: '민지' }, root, { ...opening, key: 'r2' })
    await console.post(minji, { lines: ['끝'] }, send('w'))
    expect(output.lines().at(-2)).toBe('민지  | 끝')
  })

  test('the end of the input waits for no job of a person whose data was deleted', async () => {
    const { input, console, asked, dispatch } = openConsole()
    await console.open({ ...place, channel: 'local' }, root, opening)
    input.end('forget confirm\n')
    await console.run(dispatch, signal)
    expect(asked).toHaveLength(1)
  })

  test('nothing is read before it runs; then lines are commands in order, and the end waits for the jobs', async () => {
    const { console, input, asked, dispatch, output } = openConsole()
    expect(input.listenerCount('data') + input.listenerCount('readable')).toBe(0)
    const thread = await console.open(place, root, opening)
    input.end('/crawl ssg 노트북\n\n/as 민지\nstatus\n')
    let isOver = false
    const running = console.run(dispatch).then(() => {
      isOver = true
    })
    await until(() => output.text.includes('기다립니다'))
    expect(asked.map((it) => [it.account.externalId, it.text])).toEqual([
      ['local', 'ssg 노트북'],
      ['민지', 'status'],
    ])
    expect(isOver).toBe(false)
    await console.edit(thread, thread.root, root, signal) // the final edit of the root
    await running
  })

  test('names that look the same are the same, and one that nobody sees is none', async () => {
    const { console, input, asked, dispatch, output } = openConsole()
    input.end('/as \u200bmin\u200dji\u2060\nstatus\n/as \u200b\u200d\nstatus\n/as 👩\u200d💻\nstatus\n')
    await console.run(dispatch)
    expect(asked.map((it) => it.account.externalId)).toEqual(['minji', 'minji', '👩\u200d💻'])
    expect(output.text).toContain('이름을 적어 주세요')
  })

  test('a handed file is named once, and hints are in the language of the answer', async () => {
    const { console, input, output } = openConsole()
    const file = {
      path: '/data/a.csv',
      name: 'ssg.csv',
      bytes: 1,
      contentType: 'text/csv',
      title: 'the title',
      link: null,
    }
    const buttons = [{ label: 'b', style: 'normal' as const, command: 'help' }]
    input.end('result\npress 77\n')
    await console.run(async () => ({
      message: { lines: ['the title'], buttons },
      outcome: 'ok',
      locale: 'en',
      files: [file],
    }))
    expect(output.lines().filter((line) => line.includes('the title'))).toHaveLength(1)
    expect(output.text).toContain('File saved: /data/a.csv')
    expect(output.text).toContain('press and a number')
    expect(output.text).toContain('There is no button “77”')
  })

  test('after another language was chosen everything is in it: who speaks, a job’s file, good-bye', async () => {
    const { console, input, output } = openConsole()
    const thread = await console.open(place, root, opening)
    const answered = console.run(async ({ text }) => ({
      message: { lines: [text] },
      outcome: 'ok',
      locale: text === 'lang en' ? 'en' : 'ko',
    }))
    input.write('lang en\n')
    await until(() => output.text.includes('lang en'))
    await console.upload(thread, { ...CSV, path: '/data/b.csv' }, send('f'))
    input.end('/as local\n/quit\n')
    await answered
    for (const said of ['File saved: /data/b.csv', 'You now speak as local.', 'Good-bye.'])
      expect(output.text).toContain(said)
    expect(output.text).not.toContain('안녕히 가세요')
  })

  test('files are put where the person is, under the names that they know, and replace nothing', async () => {
    const folder = makeFolder()
    const lies = join(folder, 'AZq1X0d0cACjyYkv8ZpR2w.csv')
    writeFileSync(lies, 'rows')
    const { console, input, output } = openConsole(undefined, systemClock, { saveIn: folder })
    const file = { ...CSV, path: lies, name: 'ssg_노트북_20261124-1530.csv' }
    const thread = await console.open(place, root, opening)
    await console.upload(thread, file, send('f'))
    input.end('result\n/quit\n')
    await console.run(async () => ({ message: { lines: ['x'] }, outcome: 'ok', files: [file] }))
    const named = ['ssg_노트북_20261124-1530.csv', 'ssg_노트북_20261124-1530-2.csv'].map((name) => join(folder, name))
    for (const path of named) {
      expect(output.lines()).toContain(`파일을 저장했습니다: ${path}`)
      expect(readFileSync(path, 'utf8')).toBe('rows')
    }
    const elsewhere = openConsole(undefined, systemClock, { saveIn: join(folder, 'nowhere') })
    await elsewhere.console.upload(await elsewhere.console.open(place, root, opening), file, send('f'))
    expect(elsewhere.output.text).toContain(`파일을 저장했습니다: ${lies}`) // no copy is to be had
    rmSync(folder, { recursive: true, force: true })
  })

  test('a number presses the button that was shown with it, and an unknown one is refused', async () => {
    const { console, input, asked, dispatch, output } = openConsole()
    const thread = await console.open(place, root, opening)
    await console.post(thread, progress(1), send('p'))
    await console.post(
      thread,
      { lines: ['끝'], buttons: [{ label: 'CSV', style: 'normal', command: 'result j1' }] },
      send('w'),
    )
    expect(output.text).toContain('[2] CSV')
    input.write('press 2\n누르기 1\n[2]\npress 9\n/quit\nhelp\n')
    await console.run(dispatch)
    expect(asked.map((it) => it.text)).toEqual(['result j1', 'cancel j1', 'result j1'])
    expect(output.text).toContain('9')
  })
})

describe('on a terminal', () => {
  const size = { columns: 60, rows: 20 }

  test('progress is edited in place, stays below what is said, and leaves one line at the end', async () => {
    const { console, output } = openConsole(size)
    const thread = await console.open(place, root, opening)
    await console.post(thread, progress(10), send('p'))
    await console.edit(thread, 'p', progress(50), signal)
    await console.post(thread, { lines: ['끝'] }, send('w'))
    const during = screenOf(output.text)
    expect(during.slice(0, 4).map((line) => line.trimEnd())).toEqual([
      'local: SSG.COM · 노트북',
      '끝',
      '수집 중',
      '[############------------] 50%',
    ])
    expect(during[4]).toContain('[1] 취소')
    await console.edit(thread, 'p', progress(100, true), signal)
    const after = screenOf(output.text).map((line) => line.trimEnd())
    expect(after.filter(Boolean)).toEqual(['local: SSG.COM · 노트북', '끝', '100% · 수집 중'])
  })

  test('what is being typed stays whole when progress moves', async () => {
    const { console, input, output, dispatch, asked } = openConsole(size)
    input.isTTY = true
    const running = console.run(dispatch)
    const thread = await console.open(place, root, opening)
    await console.post(thread, progress(10), send('p'))
    input.write('stat')
    await until(() => output.text.includes('stat'))
    await console.edit(thread, 'p', progress(20), signal)
    expect(screenOf(output.text).at(-1)).toContain('> stat')
    input.write('us\r')
    await until(() => asked.length === 1)
    await until(() => output.text.includes('답 1'))
    const shown = screenOf(output.text).map((line) => line.trimEnd())
    expect(shown.filter((line) => line.includes('status'))).toEqual(['> status'])
    expect(shown.filter((line) => line.includes('%'))).toHaveLength(1)
    input.end()
    await running
    expect(asked[0]!.text).toBe('status')
  })

  test('colours only there', async () => {
    const { console, output } = openConsole(size)
    await console.open(place, root, opening)
    expect(output.text).toContain('\x1b[1m')
    expect(stripVTControlCharacters(output.text)).toContain('SSG.COM · 노트북')
  })

  test('Ctrl-D during a job says that the job is left, and how it goes on', async () => {
    const { console, input, dispatch, output } = openConsole(size)
    input.isTTY = true
    const running = console.run(dispatch)
    await console.open(place, root, opening)
    input.write('\x04')
    await running
    expect(output.text).toContain('진행 중인 작업은 그대로 둡니다')
    expect(output.text).toContain('안녕히')
  })

  test('exit ends the chat, and with nothing running no job is spoken of', async () => {
    const { console, input, asked, dispatch, output } = openConsole(size)
    input.isTTY = true
    const running = console.run(dispatch)
    input.write('exit\r')
    await running
    expect(asked).toEqual([])
    expect(output.text).not.toContain('진행 중인 작업')
  })

  test('Ctrl-C once cancels the job, twice quits', async () => {
    const clock = createJumpingClock()
    const { console, input, asked, dispatch, output } = openConsole(size, clock)
    input.isTTY = true
    const running = console.run(dispatch)
    await console.open(place, root, opening)
    input.write('\x03')
    await until(() => asked.length === 1)
    expect(asked[0]!.text).toBe('cancel')
    await clock.jump(5_000)
    input.write('\x03')
    await until(() => asked.length === 2) // long after the first: a first one again
    input.write('\x03')
    await running
    expect(output.text).toContain('안녕히')
  })

  test('Ctrl-C with nothing to cancel asks', async () => {
    const { console, input, asked, dispatch, output } = openConsole(size)
    input.isTTY = true
    const running = console.run(dispatch)
    input.write('\x03')
    await until(() => output.text.includes('한 번 더'))
    input.write('\x03')
    await running
    expect(asked).toEqual([])
  })
})
