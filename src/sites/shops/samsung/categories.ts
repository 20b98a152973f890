/** A category of the shop: its segment in addresses, and its number in the list API. */
export interface Category {
  slug: string
  number: string
}

/** The shop's categories in the order of its menu (all 23 answered in 2026-08). The front list is these. */
export const CATEGORIES: readonly Category[] = [
  { slug: 'smartphones', number: '33010000' },
  { slug: 'tablets', number: '33020000' },
  { slug: 'galaxybook', number: '39120000' },
  { slug: 'watches', number: '33110000' },
  { slug: 'buds', number: '33120000' },
  { slug: 'tvs', number: '34060000' },
  { slug: 'projectors', number: '100049602' },
  { slug: 'samsung-audio', number: '41040000' },
  { slug: 'harman-life-style-audio', number: '100050210' },
  { slug: 'refrigerators', number: '36010000' },
  { slug: 'kimchi-refrigerators', number: '36020000' },
  { slug: 'dishwashers', number: '36080000' },
  { slug: 'electric-range', number: '36070000' },
  { slug: 'washers-and-dryers', number: '100043932' },
  { slug: 'airdressers-and-shoedressers', number: '100043952' },
  { slug: 'air-conditioners', number: '37010000' },
  { slug: 'system-air-conditioners', number: '100024278' },
  { slug: 'air-cleaner', number: '37040000' },
  { slug: 'vacuum-cleaners', number: '37030000' },
  { slug: 'monitors', number: '39030000' },
  { slug: 'printers', number: '39040000' },
  { slug: 'memory-storage', number: '40030000' },
  { slug: 'smartthings-accessories', number: '100024735' },
]
