import type { Config } from '../config.ts'
import type { Say } from '../messages/say.ts'
import type { Check } from './finding.ts'

/** The limits in force, as the settings say them. */
export const checkLimits =
  (config: Config, say: Say): Check =>
  async ({ locale }) => [
    { verdict: 'note', sentence: say(locale, 'check.limits_shops', config) },
    { verdict: 'note', sentence: say(locale, 'check.limits_people', config) },
  ]
