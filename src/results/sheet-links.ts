import { MAX_LINK_LENGTH, MAX_SHEET_LINKS } from './limits.ts'
import { RELATIONSHIPS_CLOSE, RELATIONSHIPS_OPEN, relationship } from './sheet-xml.ts'

/** Bytes that one link adds after the rows besides its address, before compression. */
const LINK_OVERHEAD = 180

/** Hyperlinks of a sheet, which stand after its rows. */
export interface SheetLinks {
  /** Takes an address for a cell. @returns false when it stays plain text: not http(s), too long, or one too many */
  add(cell: string, address: string): boolean
  /** An upper bound, in bytes, of what the links will take. */
  size(): number
  /** The `hyperlinks` element in pieces; nothing without links. */
  element(): Iterable<string>
  /** The relationships part that holds the addresses, in pieces. */
  part(): Iterable<string>
}

/** The address as a link target, or undefined when it is none that a sheet may open. */
function linkTarget(address: string): string | undefined {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined
  const { href } = new URL(address)
  return href.length <= MAX_LINK_LENGTH ? href : undefined
}

export function createSheetLinks(): SheetLinks {
  const cells: string[] = []
  const targets: string[] = []
  let size = 0
  return {
    add: (cell, address) => {
      if (targets.length >= MAX_SHEET_LINKS) return false
      const target = linkTarget(address)
      if (target === undefined) return false
      cells.push(cell)
      targets.push(target)
      size += target.length + LINK_OVERHEAD
      return true
    },
    size: () => size,
    *element() {
      if (cells.length === 0) return
      yield '<hyperlinks>'
      for (const [index, cell] of cells.entries()) yield `<hyperlink ref="${cell}" r:id="rId${index + 1}"/>`
      yield '</hyperlinks>'
    },
    *part() {
      yield RELATIONSHIPS_OPEN
      for (const [index, target] of targets.entries()) {
        yield relationship({ id: `rId${index + 1}`, type: 'hyperlink', target, isLink: true })
      }
      yield RELATIONSHIPS_CLOSE
    },
  }
}
