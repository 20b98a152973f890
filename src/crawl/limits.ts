/** Limits of one crawl, in one place (reasons: docs/decisions/0003-limits.md). */

/** Pages that one job has in flight: fetched ahead of the page whose turn it is to be stored. */
export const WINDOW = 4
/** Hosts that one job follows links to. As many as a user may crawl in a day (QUOTA_HOSTS_DAY). */
export const HOSTS_PER_JOB = 20
/** Tries of one page in one attempt of its job. */
export const PAGE_TRIES = 3
/** Pause after the first failed try of a page; doubled by each further one. */
export const PAGE_BACKOFF_MS = 1_000
/** The longest Retry-After that is waited for in place; a longer one sends the job back to the queue. */
export const WAIT_IN_PLACE_MS = 60_000
/** Pages that fail one after another before the whole shop counts as failing. */
export const FAILING_PAGES = 5
/** How long a job may run, not counting its waits for a turn, a Retry-After, robots.txt, the disk or the budget store. */
export const RUN_MS = 2 * 3_600_000
/** How long a job may go without a new page, counted likewise. */
export const STALL_MS = 10 * 60_000
/** Every so many pages of a job the fast route is compared with the slow one. */
export const COMPARE_EVERY = 100
/** Every so many jobs of a shop, from the first of a process on, their first page is compared too. */
export const COMPARE_FIRST_EVERY = 10
/** How often a full disk is tried again. */
export const DISK_RETRY_MS = 5_000

/** Parsing one page; a list of 5 MB takes less. */
export const PARSE_MS = 5_000

/** A saved page. */
export const EVIDENCE_BYTES = 1024 * 1024

/** A packed sitemap, unpacked (sitemaps.org allows 50 MB). */
export const UNPACKED_BYTES = 50 * 1024 * 1024

/** Pages and further sitemaps taken from one sitemap: no job may read more pages. */
export const SITEMAP_LINKS = 10_500

/** Products that one route must have read in a job before their coverage says something. */
export const DRIFT_PRODUCTS = 20
/** Jobs that must be remembered before a fall is told. */
export const DRIFT_JOBS = 3
/** A field that at least this share of the products has is usual. */
export const USUAL_SHARE = 0.8
/** A usual field that has less than this part of its usual share has fallen. */
export const FALLEN_PART = 0.5
/** Jobs in a row that must have fallen before their level is taken for the usual one. */
export const ADOPT_JOBS = 10
/** What a new job weighs in the memory; the first few weigh alike. */
export const MEMORY_WEIGHT = 0.2
