import type { Button } from './message.ts'
import type { Platform } from './platform.ts'

/** People whose last buttons are kept; the longest silent is forgotten first. */
const PEOPLE_MAX = 10_000

/** Whose buttons: an identity of one platform. */
export interface Viewer {
  platform: string
  externalId: string
}

/** The buttons that each person saw last, so that `press 2` works where nothing can be clicked. In memory only. */
export interface LastButtons {
  /** A message with these buttons was shown to the person. One without buttons changes nothing. */
  show(viewer: Viewer, buttons: readonly Button[] | undefined): void
  of(viewer: Viewer): readonly Button[]
}

export function createLastButtons(): LastButtons {
  const seen = new Map<string, readonly Button[]>()
  const key = (viewer: Viewer) => `${viewer.platform} ${viewer.externalId}`
  return {
    show(viewer, buttons) {
      if (!buttons || buttons.length === 0) return
      seen.delete(key(viewer)) // set again below, so that the map's order is by last sight
      seen.set(key(viewer), [...buttons])
      if (seen.size > PEOPLE_MAX) seen.delete(seen.keys().next().value!)
    },
    of: (viewer) => seen.get(key(viewer)) ?? [],
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
      if (mention) lastButtons.show({ platform: platform.name, externalId: mention.externalId }, buttons)
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
