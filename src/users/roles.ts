import type { AccountKey } from './user.ts'

/** `slack:T1/U1`, `discord:123`, `console:local`: platform, workspace where the platform has one, id. */
const FORM = /^(?<platform>[a-z]{1,20}):(?:(?<workspace>[^\s/:,]{1,40})\/)?(?<externalId>[^\s/,]{1,80})$/

/** An account as ADMIN_USERS names it; undefined for a text of another form. */
export function readAccountName(text: string): AccountKey | undefined {
  const { platform, workspace, externalId } = FORM.exec(text)?.groups ?? {}
  return platform && externalId ? { platform, workspace: workspace ?? '', externalId } : undefined
}

/** An account as ADMIN_USERS wants it written. */
export const writeAccountName = ({ platform, workspace, externalId }: AccountKey): string =>
  `${platform}:${workspace === '' ? '' : `${workspace}/`}${externalId}`

/**
 * Whether an account is an administrator's. A person's other accounts do not count: each must be named.
 * @param names as ADMIN_USERS has them
 */
export const isAdministrator = (names: readonly string[], account: AccountKey): boolean =>
  names
    .map(readAccountName)
    .some(
      (named) =>
        named?.platform === account.platform &&
        named.workspace === account.workspace &&
        named.externalId === account.externalId,
    )
