import type { MeasuredSizes } from '../../upkeep/sizes.ts'
import type { View } from '../view.ts'
import { Facts, num, size, took, When } from './parts.tsx'

const DAY_MS = 86_400_000

/** How much is kept, and for how long. */
export const Storage = ({ view, sizes, days }: { view: View; sizes: MeasuredSizes | undefined; days: number }) => {
  const { t } = view
  const bytes = (value: number | undefined): string => (value === undefined ? '–' : size(view, value))
  const count = (value: number | undefined): string => (value === undefined ? '–' : num(view, value))
  return (
    <section aria-labelledby="storage">
      <h2 id="storage">{t('storage')}</h2>
      <Facts
        facts={[
          [t('database'), bytes(sizes?.databaseBytes)],
          [t('result_files'), `${bytes(sizes?.fileBytes)} · ${count(sizes?.files)}`],
          [t('jobs_kept'), count(sizes?.jobsKept)],
          [t('kept_for'), took(view, days * DAY_MS)],
          [t('free_disk'), bytes(sizes?.freeBytes)],
          [t('measured'), <When view={view} at={sizes?.measuredAt ?? null} />],
        ]}
      />
    </section>
  )
}
