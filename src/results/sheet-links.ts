import { MAX_LINK_LENGTH, MAX_SHEET_LINKS } from './limits.ts'
import { relationships, xmlText } from './sheet-xml.ts'

/** Bytes that one link adds after the rows besides its address, before compression. */
const LINK_OVERHEAD = 180

/** Hyperlinks of a sheet, which stand after its rows. */
export interface SheetLinks {
  /** Takes an address for a cell. @returns false when it stays plain text: not http(s), too long, or one too many */
  add(cell: string, address: string): boolean
  /** An upper bound, in bytes, of what the links will take. */
  size(): number
  /** The `hyperlinks` element; empty without links. */
  element(): string
  /** The relationships part that holds the addresses. */
  part(): string
}

/** The address as a link target, or undefined when it is none that a sheet may open. */
function linkTarget(address: string): string | undefined {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined
  const { href } = new URL(address)
  return href.length <= MAX_LINK_LENGTH ? href : undefined
}

export function createSheetLinks(): SheetLinks {
  const links: { cell: string; target: string }[] = []
  let size = 0
  return {
    add: (cell, address) => {
      if (links.length >= MAX_SHEET_LINKS) return false
      const target = linkTarget(address)
      if (target === undefined) return false
      links.push({ cell, target })
      size += target.length + LINK_OVERHEAD
      return true
    },
    size: () => size,
    element: () =>
      links.length === 0
        ? ''
        : `<hyperlinks>${links.map(({ cell }, index) => `<hyperlink ref="${xmlText(cell)}" r:id="rId${index + 1}"/>`).join('')}</hyperlinks>`,
    part: () =>
      relationships(
        links.map(({ target }, index) => ({ id: `rId${index + 1}`, type: 'hyperlink', target, isLink: true })),
      ),
  }
}
