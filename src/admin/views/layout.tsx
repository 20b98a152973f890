import type { Child } from 'hono/jsx'
import { ASSETS } from '../assets.ts'
import { QUEUES_PATH } from '../queue-board.ts'
import type { View, Word } from '../view.ts'

const SECTIONS: [Word, string][] = [
  ['overview', '/admin'],
  ['jobs', '/admin/jobs'],
  ['users', '/admin/users'],
  ['errors', '/admin/errors'],
  ['logs', '/admin/logs'],
  ['audit', '/admin/audit'],
]

/** A whole document. Text from outside is escaped by the renderer; nothing here is raw but the doctype. */
export const document = (view: View, title: string, body: Child): string =>
  `<!doctype html>${(
    <html lang={view.locale} data-theme={view.theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title === view.t('title') ? title : `${title} · ${view.t('title')}`}</title>
        <link rel="icon" href={ASSETS.href('icon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={ASSETS.href('uplot.css')} />
        <link rel="stylesheet" href={ASSETS.href('admin.css')} />
        <script src={ASSETS.href('uplot.js')} defer></script>
        <script src={ASSETS.href('admin.js')} defer></script>
      </head>
      <body>{body}</body>
    </html>
  )}`

/** A page inside the view, with its menu. */
export function page(view: View, word: Word, content: Child): string {
  const { t } = view
  const title = word === 'overview' ? t('title') : t(word)
  return document(
    view,
    title,
    <>
      <a class="skip" href="#content">
        {t('skip')}
      </a>
      <header class="bar">
        <a class="brand" href="/admin">
          <span aria-hidden="true">▚</span> shopcrawl
        </a>
        <nav aria-label={t('nav')}>
          {SECTIONS.map(([name, href]) => (
            <a href={href} aria-current={name === word ? 'page' : undefined}>
              {t(name)}
            </a>
          ))}
          {view.hasQueues ? <a href={QUEUES_PATH}>{t('queues')}</a> : null}
        </nav>
        <div class="settings">
          {view.mayAct ? null : <span class="pill">{t('viewer')}</span>}
          <Choices view={view} />
          <form method="post" action="/admin/sign-out">
            <button type="submit" class="plain">
              {t('sign_out')}
            </button>
          </form>
        </div>
      </header>
      <main id="content" tabindex={-1}>
        <Done view={view} />
        {content}
      </main>
    </>,
  )
}

/** Language and colours. */
export const Choices = ({ view }: { view: View }) => (
  <>
    <nav class="choice" aria-label={view.t('language')}>
      <Choice view={view} name="lang" value="ko" now={view.locale} label="한국어" lang="ko" />
      <Choice view={view} name="lang" value="en" now={view.locale} label="English" lang="en" />
    </nav>
    <nav class="choice" aria-label={view.t('theme')}>
      <Choice view={view} name="theme" value="auto" now={view.theme} label={view.t('theme_auto')} />
      <Choice view={view} name="theme" value="light" now={view.theme} label={view.t('theme_light')} />
      <Choice view={view} name="theme" value="dark" now={view.theme} label={view.t('theme_dark')} />
    </nav>
  </>
)

interface ChoiceProps {
  view: View
  name: string
  value: string
  now: string
  label: string
  lang?: string
}

const Choice = ({ view, name, value, now, label, lang }: ChoiceProps) => (
  <a href={changed(view.url, { [name]: value })} lang={lang} aria-current={now === value ? 'true' : undefined}>
    {label}
  </a>
)

/** The address asked for with some fields set anew; null takes one out. */
export function changed(url: URL, fields: Record<string, string | null>): string {
  const query = new URLSearchParams(url.search)
  query.delete('done')
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  return url.pathname + (text && `?${text}`)
}

/** What was just done, for eyes and screen readers. */
const Done = ({ view }: { view: View }) => {
  const done = view.url.searchParams.get('done')
  if (!done || !/^act\.[a-z.]{3,30}$/.test(done)) return null
  const act = view.act(done.slice('act.'.length))
  return (
    <p class="done" role="status">
      {view.t('done', { act })}
    </p>
  )
}
