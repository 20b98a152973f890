import { MAX_CELL_LENGTH } from './limits.ts'

/** Indexes into `cellXfs` of STYLES. */
export const STYLE = {
  plain: 0,
  header: 1,
  text: 2,
  whole: 3,
  decimal: 4,
  percent: 5,
  rating: 6,
  date: 7,
  link: 8,
  share: 9,
  span: 10,
}

/** Column name of a 0-based index below 26. */
export const columnName = (index: number): string => String.fromCharCode(65 + index)

const UNSAFE = /[&<>"\u0000-\u001f\u007f-\u009f\ufffe\uffff]/
const DROPPED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text for XML 1.0: control characters dropped, line ends made line feeds, markup escaped. Half characters become
 *  U+FFFD when the text is encoded. */
export const xmlText = (text: string): string => {
  if (!UNSAFE.test(text)) return text
  return text
    .replace(/\r\n?/g, '\n')
    .replace(DROPPED, '')
    .replace(/[&<>"]/g, (mark) => ENTITIES[mark]!)
}

/** An office program reads `_x0041_` in a cell as "A" (ECMA-376 22.9.2.19): its underscore is written as `_x005F_`. */
const literal = (text: string): string => text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')

/** At most Excel's cell length, never half a character; an ellipsis shows the cut. */
export function cutCell(text: string): string {
  if (text.length <= MAX_CELL_LENGTH) return text
  return `${text.slice(0, MAX_CELL_LENGTH - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** A text cell, typed as a string, so that nothing in it is ever a formula. */
export const textCell = (at: string, text: string, style: number = STYLE.text): string =>
  `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${literal(xmlText(cutCell(text)))}</t></is></c>`

/** A number, or nothing at all when it is not finite. */
export const numberCell = (at: string, value: number, style: number): string =>
  Number.isFinite(value) ? `<c r="${at}" s="${style}"><v>${value}</v></c>` : ''

/** Decimals are shown where there are some. */
export const priceStyle = (price: number): number => (Number.isInteger(price) ? STYLE.whole : STYLE.decimal)

export const flagCell = (at: string, value: boolean): string => `<c r="${at}" t="b"><v>${value ? 1 : 0}</v></c>`

/** A span of time in milliseconds, shown in hours, minutes and seconds. */
export const spanCell = (at: string, ms: number): string => numberCell(at, ms / DAY_MS, STYLE.span)

const EPOCH = Date.UTC(1899, 11, 30)
const DAY_MS = 86_400_000
/** A fraction of a day is never exact; with this it never falls below its millisecond where a reader cuts. */
const NUDGE_MS = 0.1

/** A date cell in UTC from ISO 8601; text that is no date stays text. */
export function dateCell(at: string, iso: string): string {
  const time = Date.parse(iso)
  return Number.isNaN(time) ? textCell(at, iso) : numberCell(at, (time - EPOCH + NUDGE_MS) / DAY_MS, STYLE.date)
}

const NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Opens a worksheet up to its first row: the header row stays in view, the columns have their widths. */
export const openSheet = (widths: readonly number[], isFrozen: boolean): string =>
  `${DECLARATION}<worksheet xmlns="${NAMESPACE}" xmlns:r="${OFFICE}"><sheetViews><sheetView workbookViewId="0">${
    isFrozen ? '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' : ''
  }</sheetView></sheetViews><cols>${widths
    .map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`)
    .join('')}</cols><sheetData>`

export const CONTENT_TYPES_PART = `${DECLARATION}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${MAIN_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${MAIN_TYPE}.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="${MAIN_TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${MAIN_TYPE}.styles+xml"/></Types>`

/** What a part points at: another part, or an address outside. */
interface Relationship {
  id: string
  type: string
  target: string
  isLink?: boolean
}

export const RELATIONSHIPS_OPEN = `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">`
export const RELATIONSHIPS_CLOSE = '</Relationships>'

export const relationship = ({ id, type, target, isLink }: Relationship): string =>
  `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${xmlText(target)}"${isLink ? ' TargetMode="External"' : ''}/>`

/** A whole relationships part. */
export const relationships = (list: readonly Relationship[]): string =>
  `${RELATIONSHIPS_OPEN}${list.map(relationship).join('')}${RELATIONSHIPS_CLOSE}`

/** @param filtered the area under the automatic filter, which office programs also want as a hidden name */
export const workbook = (names: readonly [string, string], filtered: string): string =>
  `${DECLARATION}<workbook xmlns="${NAMESPACE}" xmlns:r="${OFFICE}"><sheets><sheet name="${xmlText(names[0])}" sheetId="1" r:id="rId1"/><sheet name="${xmlText(names[1])}" sheetId="2" r:id="rId2"/></sheets><definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'${xmlText(names[0])}'!${filtered}</definedName></definedNames></workbook>`

const FONT = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
const xf = (numFmtId: number, fontId = 0, fillId = 0) =>
  `<xf numFmtId="${numFmtId}" fontId="${fontId}" fillId="${fillId}" borderId="0" xfId="0"${numFmtId ? ' applyNumberFormat="1"' : ''}${fontId ? ' applyFont="1"' : ''}${fillId ? ' applyFill="1"' : ''}/>`

/** Number formats 3, 4, 9, 46 and 49 are built in (ECMA-376 18.8.30): `#,##0`, `#,##0.00`, `0%`, `[h]:mm:ss` and text. */
export const STYLES = `${DECLARATION}<styleSheet xmlns="${NAMESPACE}"><numFmts count="3"><numFmt numFmtId="164" formatCode="0&quot;%&quot;"/><numFmt numFmtId="165" formatCode="0.0#"/><numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="3"><font>${FONT}</font><font><b/>${FONT}</font><font><u/><sz val="11"/><color rgb="FF0563C1"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE7ECF3"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="11">${[xf(0), xf(49, 1, 2), xf(49), xf(3), xf(4), xf(164), xf(165), xf(166), xf(49, 2), xf(9), xf(46)].join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
