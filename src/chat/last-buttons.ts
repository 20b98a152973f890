import type { Button } from './message.ts'
import type { Platform } from './platform.ts'

/** Whose buttons: an identity of one platform. */
export interface Viewer {
  platform: string
  externalId: string
}

/** The part of storage that keeps last buttons: any process may be the one that hears `press`. */
export interface ButtonStore {
  /** In the place of what was kept for the person before. */
  keep(viewer: Viewer, commands: readonly string[]): Promise<void>
  /** What the buttons stand for, in their order; nothing once a day has passed. */
  commands(viewer: Viewer): Promise<string[]>
}

/** The buttons that each person saw last, so that `press 2` works where nothing can be clicked. */
export interface LastButtons {
  /**
   * A message with these buttons was shown to the person. One without buttons changes nothing. Never throws: whoever is
   * shown a message is owed no more than that.
   */
  show(viewer: Viewer, buttons: readonly Button[] | undefined): Promise<void>
  /** The commands behind them. */
  of(viewer: Viewer): Promise<string[]>
}

export function createLastButtons(store: ButtonStore): LastButtons {
  return {
    async show(viewer, buttons) {
      if (!buttons || buttons.length === 0) return
      const commands = buttons.map(({ command }) => command)
      await store.keep(viewer, commands).catch(() => undefined)
    },
    of: (viewer) => store.commands(viewer),
  }
}

/** The platform, remembering the buttons of every message that pings a person: their job's last word. */
export function rememberingButtons(platform: Platform, lastButtons: LastButtons): Platform {
  return {
    name: platform.name,
    open: (...call) => platform.open(...call),
    async post(...call) {
      const id = await platform.post(...call)
      const [, { mention, buttons }] = call
      if (mention) await lastButtons.show({ platform: platform.name, externalId: mention.externalId }, buttons)
      return id
    },
    edit: (...call) => platform.edit(...call),
    upload: (...call) => platform.upload(...call),
    direct: (...call) => platform.direct(...call),
    link: (...call) => platform.link(...call),
    pace: (...call) => platform.pace(...call),
    locale: (...call) => platform.locale(...call),
  }
}
