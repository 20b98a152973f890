import type { types } from '@slack/bolt'
import { crawlOptions } from '../../src/commands/crawl.ts'
import { STANDARD_LIMIT, WORDS_MAX } from '../../src/commands/limits.ts'
import type { Locale } from '../../src/messages/locale.ts'
import type { SiteRegistry } from '../../src/sites/registry.ts'
import type { CommandPayload, Heard } from './inbound.ts'
import { OPTION_TEXT_MAX, OPTIONS_MAX, TITLE_MAX } from './limits.ts'
import { slackWords } from './messages.ts'

/** The form of `/crawl` alone: its id, and what buttons carry that open it. */
export const FORM = 'crawl-form'

/** What a form remembers of where it was asked for. */
export type FormOrigin = Pick<Heard, 'place' | 'route'>

const option = (text: string, value: string): types.PlainTextOption => ({
  text: { type: 'plain_text', text: text.slice(0, OPTION_TEXT_MAX), emoji: false },
  value,
})
const words = (text: string): types.PlainTextElement => ({ type: 'plain_text', text, emoji: false })

export interface FormFacts {
  sites: Pick<SiteRegistry, 'all'>
  locale: Locale
  /** The highest limit that may be asked for (MAX_PRODUCTS). */
  maxProducts: number
  origin: FormOrigin
}

/** The form: shop, words, limit, format, private. Its fields are the options of the crawl command, by name. */
export function formView({ sites, locale, maxProducts, origin }: FormFacts): types.ModalView {
  const { form } = slackWords(locale)
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: JSON.stringify(origin),
    title: words(form.title.slice(0, TITLE_MAX)),
    submit: words(form.submit.slice(0, TITLE_MAX)),
    close: words(form.close.slice(0, TITLE_MAX)),
    blocks: [
      field('site', form.site, { type: 'static_select', action_id: 'site', options: siteOptions(sites, locale) }),
      {
        ...field('words', form.words, { type: 'plain_text_input', action_id: 'words', max_length: WORDS_MAX }),
        optional: true,
        hint: words(form.wordsHint),
      },
      field('limit', form.limit, {
        type: 'number_input',
        action_id: 'limit',
        is_decimal_allowed: false,
        min_value: '1',
        max_value: String(maxProducts),
        initial_value: String(Math.min(STANDARD_LIMIT, maxProducts)),
      }),
      field('format', form.format, formatSelect()),
      {
        ...field('private', form.private, {
          type: 'checkboxes',
          action_id: 'private',
          options: [option(form.privateOption, 'private')],
        }),
        optional: true,
      },
    ],
  }
}

const field = (name: string, label: string, element: types.InputBlock['element']): types.InputBlock => ({
  type: 'input',
  block_id: name,
  label: words(label),
  element,
})

/** Shops that have hosts of their own: any other address is typed after the command. */
const siteOptions = (sites: Pick<SiteRegistry, 'all'>, locale: Locale): types.PlainTextOption[] =>
  sites
    .all()
    .filter((site) => site.hosts.length > 0)
    .slice(0, OPTIONS_MAX)
    .map((site) => option(site.label[locale], site.name))

function formatSelect(): types.StaticSelect {
  const options = (crawlOptions.format.choices ?? []).map((format) => option(format.toUpperCase(), format))
  return { type: 'static_select', action_id: 'format', options, initial_option: options[0]! }
}

/** What a submitted form holds. */
export interface SubmittedForm {
  private_metadata: string
  state: {
    values: Record<
      string,
      Record<
        string,
        { value?: string | null; selected_option?: { value: string } | null; selected_options?: unknown[] | null }
      >
    >
  }
}

/** The typed options of a submitted form, by option name. */
export function formOptions({ state }: SubmittedForm): Record<string, string | boolean> {
  const options: Record<string, string | boolean> = {}
  for (const [name, actions] of Object.entries(state.values)) {
    const given = actions[name]
    const text = given?.selected_option?.value ?? given?.value
    if (text) options[name] = text
    if (given?.selected_options?.length) options[name] = true
  }
  return options
}

/** Where a form was asked for, or undefined for one that we have not made. */
export function formOrigin({ private_metadata: kept }: SubmittedForm): FormOrigin | undefined {
  try {
    return JSON.parse(kept) as FormOrigin
  } catch {
    return undefined
  }
}

/** Whether a person asks for the form: the command alone. */
export const asksForForm = ({ text }: CommandPayload): boolean => (text ?? '').trim() === ''
