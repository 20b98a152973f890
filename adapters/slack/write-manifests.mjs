// Writes Slack's manifests from the command table, out of the compiled program: npm run build first.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { manifestText } from '../../dist/adapters/slack/manifest.js'
import { COMMANDS } from '../../dist/src/commands/table.js'

for (const [mode, name] of [
  ['socket', 'manifest.json'],
  ['http', 'manifest.http.json'],
]) {
  writeFileSync(fileURLToPath(new URL(name, import.meta.url)), manifestText(COMMANDS, mode))
}
