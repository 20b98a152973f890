import type { Gate } from '../access/gate.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Mount } from './app.ts'

/** `/metrics`: for whoever shows the administrator's or the viewer's token, or for everybody with METRICS_PUBLIC. */
export const mountMetrics =
  ({ metrics, gate, isPublic }: { metrics: Metrics; gate: Gate; isPublic: boolean }): Mount =>
  (http) => {
    http.get('/metrics', async (c) => {
      if (!isPublic) {
        const verdict = await gate.look(c)
        if (verdict.kind === 'limited') return c.text('too many wrong tokens', 429)
        if (verdict.kind !== 'in')
          return c.text('unauthorized', 401, { 'www-authenticate': 'Bearer realm="shopcrawl"' })
      }
      return c.body(await metrics.text(), 200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' })
    })
  }
