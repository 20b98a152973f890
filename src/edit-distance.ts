/** What {@link editDistance} answers for words that are farther apart than anyone asks. */
const FAR = 3

/**
 * Letters to insert, delete, replace or swap with their neighbour to make one word of the other (optimal string
 * alignment). Words whose lengths differ by more than 2 are answered 3 unread, which keeps long words cheap.
 */
export function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) >= FAR) return FAR
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const changed = rows[i - 1]![j - 1]! + Number(a[i - 1] !== b[j - 1])
      row[j] = Math.min(changed, rows[i - 1]![j]! + 1, row[j - 1]! + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1)
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
