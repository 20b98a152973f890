import { webApi } from '@slack/bolt'
import { PlatformDown, RateLimited, ThreadGone, UploadRefused } from '../../src/chat/platform.ts'
import { STANDARD_RETRY_AFTER_MS, WORKSPACE_RETRY_AFTER_MS } from './limits.ts'

/** What Slack's error names mean for the bot; a name that stands nowhere here is taken as passing. */
const GONE: Record<ThreadGone['what'], readonly string[]> = {
  message: ['message_not_found', 'cant_update_message', 'edit_window_closed'],
  thread: ['thread_not_found', 'cannot_reply_to_message', 'invalid_thread_ts', 'thread_locked'],
  channel: ['is_archived', 'is_inactive', 'channel_is_archived'],
  access: [
    'not_in_channel',
    'channel_not_found',
    'channel_type_not_supported',
    'posting_to_channel_denied',
    'posting_to_general_channel_denied',
    'user_not_in_channel',
    'user_not_found',
    'user_disabled',
    'user_not_visible',
    'messages_tab_disabled',
    'cannot_dm_bot',
    'method_not_supported_for_channel_type',
  ],
}
const DOWN: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'missing_scope',
  'not_allowed_token_type',
  'no_permission',
  'org_login_required',
  'team_access_not_granted',
  'access_denied',
])
const LIMITED: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited'])
const NO_UPLOAD: ReadonlySet<string> = new Set([
  'file_uploads_disabled',
  'file_type_not_allowed',
  'file_upload_size_restricted',
  'file_uploads_except_images_disabled',
  'storage_limit_reached',
  'snippet_too_large',
  'unknown_snippet_type',
])
/** What we sent was not accepted as it is: repeating it as it is would never help. */
const UNFIT: ReadonlySet<string> = new Set([
  'msg_too_long',
  'msg_blocks_too_long',
  'invalid_blocks',
  'invalid_blocks_format',
  'no_text',
  'invalid_arguments',
  'missing_argument',
  'metadata_too_large',
  'invalid_metadata_format',
  'invalid_metadata_schema',
])

/** The error's name as Slack gives it, or undefined when Slack gave none. */
export const slackCode = (error: unknown): string | undefined =>
  error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined

/** Whether a plainer message may be taken where this one was not. */
export const isUnfit = (error: unknown): boolean => UNFIT.has(slackCode(error) ?? '')

/**
 * A failed call as the port's errors: RateLimited, ThreadGone, UploadRefused, PlatformDown. Anything else (5xx, cut
 * connections, Slack's own failures) comes back as it is: it may have arrived.
 */
export function platformError(error: unknown): unknown {
  if (error instanceof webApi.WebAPIRateLimitedError) return new RateLimited(error.retryAfter * 1_000)
  if (error instanceof webApi.WebAPIHTTPError) return error
  const code = slackCode(error)
  if (code === undefined) return isUnnamedLimit(error) ? new RateLimited(STANDARD_RETRY_AFTER_MS) : error
  if (LIMITED.has(code)) return new RateLimited(retryAfterOf(error) ?? STANDARD_RETRY_AFTER_MS)
  if (code === 'message_limit_exceeded') return new RateLimited(WORKSPACE_RETRY_AFTER_MS)
  if (DOWN.has(code)) return new PlatformDown(`${code}${neededScope(error)}`)
  if (NO_UPLOAD.has(code)) return new UploadRefused(code)
  if (code.startsWith('restricted_action')) return new ThreadGone('access', code)
  for (const [what, codes] of Object.entries(GONE))
    if (codes.includes(code)) return new ThreadGone(what as ThreadGone['what'], code)
  return error
}

/** The library's own error for an answer 429 that has no Retry-After. */
const isUnnamedLimit = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Retry header did not contain')

function retryAfterOf(error: unknown): number | undefined {
  const seconds = (error as webApi.WebAPIPlatformError).data.response_metadata?.retryAfter
  return seconds === undefined ? undefined : seconds * 1_000
}

function neededScope(error: unknown): string {
  const needed = (error as { data?: { needed?: unknown } }).data?.needed
  return typeof needed === 'string' ? ` (${needed})` : ''
}
