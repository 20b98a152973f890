import type { ButtonStore } from '../src/chat/last-buttons.ts'
import type { Platform } from '../src/chat/platform.ts'
import type { SessionStore } from '../src/chat/sessions.ts'
import type { Clock } from '../src/clock.ts'
import type { Autocomplete } from '../src/commands/autocomplete.ts'
import type { Dispatch } from '../src/commands/command.ts'
import type { Duties } from '../src/duty.ts'
import type { Mount } from '../src/http/app.ts'
import type { Locale } from '../src/messages/locale.ts'
import type { Say } from '../src/messages/say.ts'
import type { SiteRegistry } from '../src/sites/registry.ts'
import type { Emit } from '../src/telemetry/events.ts'
import type { Check } from '../src/upkeep/finding.ts'

/** A chat service that people reach over the network. */
export interface NetworkPlatform extends Platform {
  /** Begins, once, to hand what people say to the dispatch; connections come by themselves, and come again. */
  start(dispatch: Dispatch, service: PlatformService): Promise<void>
  /** Hears nothing new; what was heard is answered, for up to 5 s. */
  stop(): Promise<void>
  /** What the one port serves for it, if anything. */
  mount?: Mount
  /** Why it does not work now, or null: readyz tells it. */
  trouble(): string | null
  /** Tests its settings against the service, without starting anything: tokens, rights, commands. */
  check: Check
}

/** What a platform needs of the service beside the dispatch. */
export interface PlatformService {
  autocomplete: Autocomplete
  /** What the buttons stand for that a person saw last: any process may be the one that hears the press. */
  buttons: Pick<ButtonStore, 'commands'>
  /** Counts sessions over restarts, where a platform limits them. */
  sessions: SessionStore
  /** For what only one process of several may do, as hearing where a platform tells all of them the same. */
  duties: Duties
  /** A line for the operator, at start. */
  tell(line: string): void
}

/** What every network platform is made with; its own settings come beside it. */
export interface NetworkOptions {
  clock: Clock
  emit: Emit
  say: Say
  sites: Pick<SiteRegistry, 'all'>
  /** Where neither the person nor the platform tells a language. */
  locale: Locale
  /** The highest limit that may be asked for (MAX_PRODUCTS). */
  maxProducts: number
}
