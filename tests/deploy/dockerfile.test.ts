import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCli } from '../support/cli.ts'
import { makeFolder } from '../support/store-house.ts'
import { KNOWN_NAMES, ROOT, readText } from './names.ts'

interface Instruction {
  name: string
  rest: string
}

interface Stage {
  image: string
  alias: string
  instructions: Instruction[]
}

const stages: Stage[] = []
for (const line of readText('Dockerfile').replace(/\\\n/g, ' ').split('\n')) {
  const [, name, rest] = /^([A-Z]+)\s+(.+)$/.exec(line.trim()) ?? []
  if (name === undefined || rest === undefined) continue
  const [, image, alias = ''] = name === 'FROM' ? /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest)! : []
  if (image) stages.push({ image, alias, instructions: [] })
  else stages.at(-1)!.instructions.push({ name, rest })
}
const [build, final] = [stages[0]!, stages.at(-1)!]
const all = (stage: Stage, name: string) => stage.instructions.filter((it) => it.name === name).map(({ rest }) => rest)
const one = (stage: Stage, name: string) => all(stage, name).at(-1)!

/** What a COPY takes: `from` another stage, or from the repository. */
const copies = (stage: Stage) =>
  all(stage, 'COPY').map((rest) => {
    const words = rest.split(/\s+/)
    const from = words.find((word) => word.startsWith('--from='))?.slice(7)
    const paths = words.filter((word) => !word.startsWith('--'))
    return { from, sources: paths.slice(0, -1), target: paths.at(-1)! }
  })

const envOf = (stage: Stage): Record<string, string> =>
  Object.fromEntries(all(stage, 'ENV').flatMap((rest) => rest.split(/\s+/).map((pair) => pair.split('='))))

interface Package {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** The packages of package-lock.json that what runs leads to. An optional peer is kept where something else brought it. */
function reach({ hasOptionalPeers }: { hasOptionalPeers: boolean }): ReadonlySet<string> {
  const { packages } = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Package> }
  const found = (name: string, from: string): string | undefined => {
    const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`
    if (packages[path]) return path
    return from === '' ? undefined : found(name, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))))
  }
  const reached = new Set<string>()
  const visit = (path: string): void => {
    const one = packages[path]!
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies'] as const) {
      for (const name of Object.keys(one[kind] ?? {})) {
        const isOptionalPeer = kind === 'peerDependencies' && one.peerDependenciesMeta?.[name]?.optional === true
        const target = isOptionalPeer && !hasOptionalPeers ? undefined : found(name, path)
        if (target === undefined || reached.has(target)) continue
        reached.add(target)
        visit(target)
      }
    }
  }
  visit('')
  return reached
}

const ignored = readText('.dockerignore').split('\n').filter(Boolean)
const isIgnored = (path: string) =>
  ignored.some((pattern) =>
    pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern || path.startsWith(`${pattern}/`),
  )

describe('the Dockerfile', () => {
  test('builds in one stage and runs in another, on a Node that the program promises', () => {
    expect(stages.map(({ alias }) => alias)).toEqual(['build', ''])
    const [, major] = /^node:(\d+)-/.exec(final.image)!
    expect(build.image).toMatch(new RegExp(`^node:${major}-`))
    const { engines } = JSON.parse(readText('package.json')) as { engines: { node: string } }
    expect(engines.node).toContain(`^${major}.`)
  })

  test('copies only what is there: in the repository and not left out of the context, or made by the first stage', () => {
    for (const { from, sources } of copies(build)) {
      expect(from).toBeUndefined()
      for (const source of sources) {
        expect(existsSync(join(ROOT, source)), source).toBe(true)
        expect(isIgnored(source), source).toBe(false)
      }
    }
    expect(copies(final).map(({ from, sources }) => [from, ...sources])).toEqual([
      ['build', '/app/package.json'],
      ['build', '/app/node_modules'],
      ['build', '/app/dist'],
    ])
  })

  test('copies all that compiling reads', () => {
    const copied = copies(build).flatMap(({ sources }) => sources)
    const { include } = JSON.parse(readText('tsconfig.build.json')) as { include: string[] }
    for (const needed of [...include, '.ci', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])
      expect(copied).toContain(needed)
  })

  test('takes out what npm keeps of the tools that build: optional peers of what runs', () => {
    const [pruning] = all(build, 'RUN').filter((line) => line.startsWith('npm prune --omit=dev'))
    const removed = /&& rm -rf (.*)$/.exec(pruning ?? '')?.[1]?.split(/\s+/) ?? []
    const isRemoved = (path: string) => removed.some((gone) => path === gone || path.startsWith(`${gone}/`))
    const needed = reach({ hasOptionalPeers: false })
    const kept = reach({ hasOptionalPeers: true })
    expect(needed.size).toBeGreaterThan(100)
    expect([...kept].filter((path) => !needed.has(path) && !isRemoved(path))).toEqual([])
    expect([...needed].filter(isRemoved)).toEqual([])
  })

  test('leaves secrets, data and what is compiled here out of the context', () => {
    for (const path of ['.env', '.git', 'data', 'node_modules', 'dist', 'dist.next.1', 'dist.former.1'])
      expect(isIgnored(path), path).toBe(true)
    // they are read above as plain paths, with a star at the end at most
    expect(ignored.filter((pattern) => /[*?!\\]/.test(pattern.replace(/\*$/, '')))).toEqual([])
  })

  test('runs as a user who is not root, with settings that the program knows', () => {
    const after = final.instructions.slice(final.instructions.findIndex(({ name }) => name === 'USER'))
    expect(one(final, 'USER')).toBe('node')
    expect(after.map(({ name }) => name)).not.toContain('RUN')
    const names = Object.keys(envOf(final)).filter((name) => name !== 'NODE_ENV')
    expect(names.filter((name) => !KNOWN_NAMES.has(name))).toEqual([])
    expect(one(final, 'EXPOSE')).toBe(envOf(final).PORT)
    expect(one(final, 'VOLUME')).toBe(envOf(final).DATA_DIR)
    expect(one(final, 'STOPSIGNAL')).toBe('SIGTERM')
  })
})

describe('the image’s files, run as the image runs them', () => {
  const isRoot = process.getuid?.() === 0
  const folder = makeFolder()
  const app = join(folder, 'app')
  const dataDir = join(folder, 'data')
  const [command, ...args] = JSON.parse(one(final, 'CMD')) as string[]
  const [entry = '', ...rest] = args

  /** The second stage's COPY: node_modules as a link, since nothing writes there. */
  beforeAll(() => {
    for (const { sources, target } of copies(final)) {
      const name = sources[0]!.replace('/app/', '')
      const path = join(app, target)
      mkdirSync(app, { recursive: true })
      if (name === 'node_modules') symlinkSync(join(ROOT, name), path)
      else cpSync(join(ROOT, name), path, { recursive: true })
    }
    mkdirSync(dataDir)
    if (isRoot) execFileSync('chmod', ['-R', 'a+rX', folder])
    if (isRoot) execFileSync('chown', ['1000', dataDir])
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('serve, are healthy by the image’s own check, and end with SIGTERM', async () => {
    expect([command, existsSync(join(app, entry))]).toEqual(['node', true])
    const { HOST, NODE_ENV } = envOf(final)
    const env = { ...envOf(final), DATA_DIR: dataDir, PORT: '0' }
    expect([HOST, NODE_ENV]).toEqual(['0.0.0.0', 'production'])
    const run = startCli(rest, { env, cwd: app, program: join(app, entry), ...(isRoot && { uid: 1000 }) })
    try {
      await run.tells('시작되었습니다')
      const port = /http:\/\/0\.0\.0\.0:(\d+)/.exec(run.stderr())![1]!
      const [program, flag, code] = JSON.parse(/CMD (\[.*\])$/.exec(one(final, 'HEALTHCHECK'))![1]!) as string[]
      expect([program, flag]).toEqual(['node', '-e'])
      const check = (at: string) =>
        execFileSync(process.execPath, [flag!, code!], { env: { PORT: at }, stdio: 'ignore' })
      expect(() => check(port)).not.toThrow()
      run.process.kill('SIGTERM')
      expect((await run.ended).code).toBe(0)
      expect(() => check(port)).toThrow()
    } finally {
      await run.kill()
    }
  })
})
