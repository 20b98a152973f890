/** Limits of the SQLite room, in one place. */

/** How long the thread itself may wait for another process's write, once per transaction (kysely's default: 5 s). */
export const BUSY_TIMEOUT_MS = 100
/** The same for every try after the first: by then the rest of the program goes first. */
export const BUSY_AGAIN_MS = 10
/** Pause between two tries, with up to as much again of jitter, so that several processes do not meet each time. */
export const BUSY_PAUSE_MS = 20
/** How long a person's command waits for its turn to write before it is refused as `store.busy`. */
export const COMMAND_WAIT_MS = 2_000
/** How long opening waits for another process that migrates or holds the file, before it says `store.locked`. */
export const OPEN_WAIT_MS = 5_000
/** Prepared statements kept for each connection. */
export const STATEMENTS_KEPT = 300
/** Files up to this size are checked page by page when they are opened; larger ones where they are read. */
export const CHECK_AT_OPEN_BYTES = 256 * 1024 * 1024
/** Pages copied between two looks at the event loop during a backup (better-sqlite3's own default). */
export const BACKUP_PAGES = 100
/** How often a process that waits for owner.lock tries again. */
export const OWNER_RETRY_MS = 200
