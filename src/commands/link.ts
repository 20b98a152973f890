import { Refusal } from '../errors.ts'
import { accountName } from '../messages/format.ts'
import { CODE_LIFE_MS, shownCode } from '../users/linking.ts'
import type { Account } from '../users/user.ts'
import { type Answer, type Asking, command } from './command.ts'
import { linkCode, oneOf } from './options.ts'
import { answer, buttons, tell } from './told.ts'

/** The words that stand for the button. */
const CONFIRM = 'confirm'

/** `link` gives a code; `link CODE` on the other platform shows both names; `link CODE confirm` makes them one person. */
export const link = command({
  name: 'link',
  names: ['연결', '계정연결'],
  help: 'help.link',
  options: {
    code: linkCode(),
    confirm: oneOf([CONFIRM], {
      form: 'word',
      help: 'help.confirm',
      placeholder: 'placeholder.confirm',
      absent: null,
      aliases: ['확인'],
      synonyms: { 확인: CONFIRM, yes: CONFIRM, 네: CONFIRM },
      refuse: (word) => new Refusal('args.unexpected', { word, command: 'link' }),
    }),
  },
  examples: ['link'],
  run: async (asking, { code, confirm }) => {
    if (code === null) return offer(asking)
    if (asking.isOverheard) {
      await asking.desk.linking.burn(code)
      throw new Refusal('link.code_seen', {})
    }
    return confirm === null ? ask(asking, code) : confirmed(asking, code)
  },
})

/** `unlink`: this account on its own again, with its own jobs and files. */
export const unlink = command({
  name: 'unlink',
  names: ['연결해제', '연결끊기'],
  help: 'help.unlink',
  options: {},
  examples: ['unlink'],
  run: async (asking) => {
    const { account } = asking.asker
    const others = await asking.desk.linking.leave(account)
    return answer([tell(asking, 'link.split', { own: accountName(account), others: namesOf(others) })])
  },
})

const namesOf = (accounts: Account[]): string => accounts.map(accountName).join(', ')

async function offer(asking: Asking): Promise<Answer> {
  const { linking } = asking.desk
  const { account } = asking.asker
  const others = await linking.others(account)
  const code = await linking.offer(account)
  const isLinked = others.length > 0
  return answer(
    [
      isLinked ? tell(asking, 'link.accounts', { accounts: namesOf([account, ...others]) }) : undefined,
      [{ code: lineFor(code) }],
      tell(asking, 'link.how', { minutes: CODE_LIFE_MS / 60_000 }),
      tell(asking, 'link.keep'),
    ],
    [isLinked ? buttons.unlink(asking) : undefined],
  )
}

async function ask(asking: Asking, letters: string): Promise<Answer> {
  const { account } = asking.asker
  const starter = await asking.desk.linking.look(account, letters)
  const line = `${lineFor(shownCode(letters))} ${CONFIRM}`
  return answer(
    [
      tell(asking, 'link.ask', { own: accountName(account), other: accountName(starter) }),
      tell(asking, 'link.ask_trust'),
      [{ code: line }],
    ],
    [buttons.confirm(asking, line)],
  )
}

async function confirmed(asking: Asking, letters: string): Promise<Answer> {
  const accounts = await asking.desk.linking.confirm(asking.asker.account, letters)
  return answer([tell(asking, 'link.done', { accounts: namesOf(accounts) })], [buttons.unlink(asking)])
}

const lineFor = (code: string): string => `link ${code}`
