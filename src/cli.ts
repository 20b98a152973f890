#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { backup, restore } from './cli/backup.ts'
import { check } from './cli/check.ts'
import { talk } from './cli/console.ts'
import { crawlOnce } from './cli/crawl-once.ts'
import type { CrawlFlags } from './cli/crawl-request.ts'
import { type DeleteFlags, deleteUser } from './cli/delete-user.ts'
import { demo } from './cli/demo.ts'
import { WRONG_USE } from './cli/exit-codes.ts'
import { type ExportFlags, exportUser } from './cli/export-user.ts'
import { type MigrateFlags, migrate } from './cli/migrate.ts'
import { type Program, runProgram, spokenLocale } from './cli/program.ts'
import { listSites } from './cli/sites.ts'
import { start } from './cli/start.ts'
import { type TryFlags, tryPage } from './cli/try.ts'
import { sayMisuse, speakUsage } from './cli/usage.ts'
import { STANDARD_LIMIT } from './commands/limits.ts'
import type { Locale } from './messages/locale.ts'
import { say } from './messages/say.ts'
import { FORMATS } from './results/format.ts'
import { SETTINGS } from './settings.ts'
import { about } from './version.ts'

/** The command line: argv to one call on the program. @returns the exit code */
async function main(argv: string[]): Promise<number> {
  outliveReaders()
  let code = 0
  const run = (command: (program: Program) => Promise<number>, logLevel?: 'warn' | 'silent') => async () => {
    code = await runProgram(command, logLevel)
  }
  const locale = spokenLocale(process.env)
  const program = describe(run, locale)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    if (error.code !== 'commander.help') process.stderr.write(`${sayMisuse(error, locale)}\n`)
    return WRONG_USE
  }
  return code
}

/** Whoever reads the lines may go away (`| head`, a closed window): that is no reason to lose a crawl. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

/** The highest limit is a setting, which is not read yet: it stands here as the environment says it. */
function explainLimit(locale: Locale): string {
  const { name, schema, fallback } = SETTINGS.maxProducts
  const max = schema.safeParse(process.env[name] ?? '').data ?? fallback
  return say(locale, 'help.limit', { standard: Math.min(STANDARD_LIMIT, max), max })
}

type Run = (command: (program: Program) => Promise<number>, logLevel?: 'warn' | 'silent') => () => Promise<void>

function describe(run: Run, locale: Locale): Command {
  const file = `<${say(locale, 'placeholder.file')}>`
  const program = speakUsage(new Command('shopcrawl'), locale)
    .description(say(locale, 'cli.description'))
    .version(about().version, '-V, --version', say(locale, 'usage.version'))
    .exitOverride()
  program.command('start').description(say(locale, 'cli.start')).action(run(start))
  program
    .command('crawl')
    .description(say(locale, 'cli.crawl'))
    .argument(`<${say(locale, 'placeholder.site')}|${say(locale, 'placeholder.url')}>`)
    .argument(`[${say(locale, 'placeholder.words')}...]`)
    .option(`--limit <${say(locale, 'placeholder.count')}>`, explainLimit(locale))
    .option(`--format <${FORMATS.join('|')}>`, say(locale, 'help.format', { formats: FORMATS.join(', ') }))
    .option(`--out ${file}`, say(locale, 'cli.option_out'))
    .action((site: string, words: string[], flags: CrawlFlags) =>
      run((program) => crawlOnce(program, [site, ...words], flags), 'silent')(),
    )
  program.command('sites').description(say(locale, 'cli.sites')).action(run(listSites, 'silent'))
  program.command('console').description(say(locale, 'cli.console')).action(run(talk, 'silent'))
  program.command('demo').description(say(locale, 'cli.demo')).action(run(demo, 'silent'))
  program.command('check').description(say(locale, 'cli.check')).action(run(check, 'silent'))
  program
    .command('try')
    .description(say(locale, 'cli.try'))
    .argument(`<${say(locale, 'placeholder.url')}|${say(locale, 'placeholder.file')}>`)
    .option(`--site <${say(locale, 'placeholder.site')}>`, say(locale, 'try.option_site'))
    .option(`--url <${say(locale, 'placeholder.url')}>`, say(locale, 'try.option_url'))
    .action((target: string, flags: TryFlags) => run((program) => tryPage(program, target, flags), 'silent')())
  program
    .command('migrate')
    .description(say(locale, 'cli.migrate'))
    .requiredOption('--from <sqlite:PATH>')
    .requiredOption('--to <postgres://…>')
    .action((flags: MigrateFlags) => run((program) => migrate(program, flags), 'warn')())
  program
    .command('backup')
    .description(say(locale, 'cli.backup'))
    .argument(file)
    .action((path: string) => run((program) => backup(program, path), 'warn')())
  program
    .command('restore')
    .description(say(locale, 'cli.restore'))
    .argument(file)
    .action((path: string) => run((program) => restore(program, path), 'warn')())
  describePeople(program, run, locale)
  return program
}

/** What an administrator does with all that is stored about one person. */
function describePeople(program: Command, run: Run, locale: Locale): void {
  const person = `<${say(locale, 'placeholder.user')}>`
  program
    .command('export-user')
    .description(say(locale, 'cli.export_user'))
    .argument(person)
    .option(`--out <${say(locale, 'placeholder.file')}>`, say(locale, 'cli.option_export'))
    .action((given: string, flags: ExportFlags) => run((program) => exportUser(program, given, flags), 'warn')())
  program
    .command('delete-user')
    .description(say(locale, 'cli.delete_user'))
    .argument(person)
    .option('--yes', say(locale, 'cli.option_yes'))
    .action((given: string, flags: DeleteFlags) => run((program) => deleteUser(program, given, flags), 'warn')())
}

process.exitCode = await main(process.argv)
