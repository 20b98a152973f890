// Preload: ends the own process with SIGKILL right before the n-th statement after KILL_AFTER was seen (KILL_AT=n).
import { Sqlite } from '../../../dist/db/sqlite/driver.js'

const killAt = Number(process.env.KILL_AT)
let isArmed = process.env.KILL_ARMED === '1'
let count = 0

/** From here on statements count. */
export const arm = () => {
  isArmed = true
}

const step = () => {
  if (isArmed && ++count === killAt) process.kill(process.pid, 'SIGKILL')
}

const prepare = Sqlite.prototype.prepare
Sqlite.prototype.prepare = function (text) {
  const statement = prepare.call(this, text)
  for (const name of ['all', 'run']) {
    const original = statement[name]
    statement[name] = function (...parameters) {
      step()
      return original.apply(this, parameters)
    }
  }
  return statement
}
