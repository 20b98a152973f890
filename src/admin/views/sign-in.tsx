import type { View } from '../view.ts'
import { Choices, document } from './layout.tsx'

/** The sign-in form, or the sentence that there is nothing to sign in to. */
export const signInPage = (view: View, why: string, message: string): string =>
  document(
    view,
    view.t('sign_in'),
    <main class="alone" id="content">
      <h1>
        <span aria-hidden="true">▚</span> {view.t('title')}
      </h1>
      {why === 'absent' ? null : (
        <p role="alert" class="alert">
          {message}
        </p>
      )}
      {why === 'closed' ? null : (
        <form method="post" action="/admin/sign-in">
          <label for="token">{view.t('token')}</label>
          <input
            id="token"
            name="token"
            type="password"
            autocomplete="current-password"
            required
            maxlength={500}
            aria-describedby="hint"
          />
          <p id="hint" class="hint">
            {view.t('token_hint')}
          </p>
          <button type="submit" class="main">
            {view.t('sign_in')}
          </button>
        </form>
      )}
      <p class="settings">
        <Choices view={view} />
      </p>
    </main>,
  )
