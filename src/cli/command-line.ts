import { Command, CommanderError } from 'commander'
import { STANDARD_LIMIT } from '../commands/limits.ts'
import { readableText } from '../commands/typed-text.ts'
import type { Locale } from '../messages/locale.ts'
import { say } from '../messages/say.ts'
import { FORMATS } from '../results/format.ts'
import { SETTINGS } from '../settings.ts'
import { about } from '../version.ts'
import { backup, restore } from './backup.ts'
import { check } from './check.ts'
import { talk } from './console.ts'
import { crawlOnce } from './crawl-once.ts'
import type { CrawlFlags } from './crawl-request.ts'
import { type DeleteFlags, deleteUser } from './delete-user.ts'
import { demo } from './demo.ts'
import { WRONG_USE } from './exit-codes.ts'
import { type ExportFlags, exportUser } from './export-user.ts'
import { type MigrateFlags, migrate } from './migrate.ts'
import { type Program, runProgram, spokenLocale } from './program.ts'
import { listSites } from './sites.ts'
import { start } from './start.ts'
import { type TryFlags, tryPage } from './try.ts'
import { sayMisuse, speakUsage } from './usage.ts'

/** The command line: argv, as a process has it, to one call on the program. @returns the exit code */
export async function runCommandLine(argv: string[]): Promise<number> {
  let code = 0
  const run: Run = (command, how) => async () => {
    code = await runProgram(command, how)
  }
  const locale = spokenLocale(process.env)
  const program = describe(run, locale)
  try {
    await program.parseAsync(withoutVainHelp(argv, program))
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    if (error.code !== 'commander.help') process.stderr.write(`${sayMisuse(error, locale)}\n`)
    return WRONG_USE
  }
  return code
}

/** Help for a command that there is not: commander would show all of its help for it, and not say so. */
function withoutVainHelp(argv: string[], program: Command): string[] {
  const [node = '', script = '', word = '', next] = argv
  const named = word === 'help' ? next : argv.some((it) => it === '--help' || it === '-h') ? word : undefined
  if (named === undefined || named.startsWith('-')) return argv
  return program.commands.some((command) => command.name() === named) ? argv : [node, script, named]
}

/** What is given and says nothing is as good as missing: a path of no letters is some other file's. */
function refuseEmpty(command: Command): void {
  const isEmpty = (given: unknown) => typeof given === 'string' && readableText(given) === ''
  const argument = command.registeredArguments.find((_it, index) => isEmpty(command.processedArgs[index]))
  if (argument) throw new CommanderError(WRONG_USE, 'commander.missingArgument', `'${argument.name()}'`)
  const option = command.options.find((it) => isEmpty(command.getOptionValue(it.attributeName())))
  if (option) throw new CommanderError(WRONG_USE, 'commander.optionMissingArgument', `'${option.flags}'`)
}

/** The highest limit is a setting, which is not read yet: it stands here as the environment says it. */
function explainLimit(locale: Locale): string {
  const { name, schema, fallback } = SETTINGS.maxProducts
  const max = schema.safeParse(process.env[name] ?? '').data ?? fallback
  return say(locale, 'help.limit', { standard: Math.min(STANDARD_LIMIT, max), max })
}

type Run = (command: (program: Program) => Promise<number>, how?: { isService: boolean }) => () => Promise<void>

function describe(run: Run, locale: Locale): Command {
  const file = `<${say(locale, 'placeholder.file')}>`
  const program = speakUsage(new Command('shopcrawl'), locale)
    .description(say(locale, 'cli.description'))
    .version(about().version, '-V, --version', say(locale, 'usage.version'))
    .exitOverride()
    .hook('preAction', (_program, command) => refuseEmpty(command))
  program
    .command('start')
    .description(say(locale, 'cli.start'))
    .action(run(start, { isService: true }))
  program
    .command('crawl')
    .description(say(locale, 'cli.crawl'))
    .argument(`<${say(locale, 'placeholder.site')}|${say(locale, 'placeholder.url')}>`)
    .argument(`[${say(locale, 'placeholder.words')}...]`)
    .option(`--limit <${say(locale, 'placeholder.count')}>`, explainLimit(locale))
    .option(`--format <${FORMATS.join('|')}>`, say(locale, 'help.format', { formats: FORMATS.join(', ') }))
    .option(`--out ${file}`, say(locale, 'cli.option_out'))
    .action((site: string, words: string[], flags: CrawlFlags) =>
      run((program) => crawlOnce(program, [site, ...words], flags))(),
    )
  program.command('sites').description(say(locale, 'cli.sites')).action(run(listSites))
  program.command('console').description(say(locale, 'cli.console')).action(run(talk))
  program.command('demo').description(say(locale, 'cli.demo')).action(run(demo))
  program.command('check').description(say(locale, 'cli.check')).action(run(check))
  program
    .command('try')
    .description(say(locale, 'cli.try'))
    .argument(`<${say(locale, 'placeholder.url')}|${say(locale, 'placeholder.file')}>`)
    .option(`--site <${say(locale, 'placeholder.site')}>`, say(locale, 'try.option_site'))
    .option(`--url <${say(locale, 'placeholder.url')}>`, say(locale, 'try.option_url'))
    .action((target: string, flags: TryFlags) => run((program) => tryPage(program, target, flags))())
  program
    .command('migrate')
    .description(say(locale, 'cli.migrate'))
    .requiredOption(`--from <sqlite:${say(locale, 'placeholder.folder')}>`, say(locale, 'cli.option_from'))
    .requiredOption('--to <postgres://…>', say(locale, 'cli.option_to'))
    .action((flags: MigrateFlags) => run((program) => migrate(program, flags))())
  program
    .command('backup')
    .description(say(locale, 'cli.backup'))
    .argument(file)
    .action((path: string) => run((program) => backup(program, path))())
  program
    .command('restore')
    .description(say(locale, 'cli.restore'))
    .argument(file)
    .action((path: string) => run((program) => restore(program, path))())
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
    .action((given: string, flags: ExportFlags) => run((program) => exportUser(program, given, flags))())
  program
    .command('delete-user')
    .description(say(locale, 'cli.delete_user'))
    .argument(person)
    .option('--yes', say(locale, 'cli.option_yes'))
    .action((given: string, flags: DeleteFlags) => run((program) => deleteUser(program, given, flags))())
}
