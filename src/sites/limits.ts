/** Limits of what is read from pages. They bound time and memory on hostile pages; real listings stay far below. */
export const LIMITS = {
  /** Nested elements. Browsers stop at 512 too. */
  depth: 512,
  /** Elements a page. A heavy listing has about 10,000. */
  elements: 200_000,
  /** Attributes of one tag. */
  attributes: 256,
  /** Characters of one attribute's value. */
  attributeLength: 64 * 1024,
  /** Nested arrays and objects of JSON. */
  jsonDepth: 100,
  /** Characters of an address; as long as the longest that old browsers took. */
  urlLength: 2_083,
  /** Segments of an address's path. */
  pathDepth: 20,
  /** How often one path segment may stand in a path: /a/a/a is a trap. */
  segmentRepeats: 2,
  /** Addresses taken from one page. */
  links: 1_000,
  /** Bytes at a page's start in which its own charset is looked for (HTML says 1,024; shops are later). */
  metaBytes: 4_096,
} as const
