import { cancel } from './cancel.ts'
import type { Command } from './command.ts'
import { crawl, switchShop } from './crawl.ts'
import { result } from './files.ts'
import { forget } from './forget.ts'
import { help } from './help.ts'
import { history } from './history.ts'
import { lang } from './lang.ts'
import { link, unlink } from './link.ts'
import { press } from './press.ts'
import { again, retry } from './retry.ts'
import { sites } from './sites.ts'
import { stats } from './stats.ts'
import { status } from './status.ts'

/** Every command, in the order of help. A new command is one file and one line here. */
export const COMMANDS: readonly Command[] = [
  crawl,
  status,
  cancel,
  retry,
  again,
  history,
  result,
  sites,
  lang,
  link,
  unlink,
  forget,
  press,
  stats,
  help,
  switchShop,
]
