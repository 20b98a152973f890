import type { View } from '../view.ts'
import { document } from './layout.tsx'

/** A page that says why there is none, with the way back. */
export const errorPage = (view: View, message: string): string =>
  document(
    view,
    view.t('title'),
    <main class="alone" id="content">
      <h1>shopcrawl</h1>
      <p role="alert">{message}</p>
      <p>
        <a href="/admin">← {view.t('overview')}</a>
      </p>
    </main>,
  )
