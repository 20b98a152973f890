/** Limits of the PostgreSQL room, in one place. */

/**
 * Connections of one process: for what people wait for, and for workers. They are apart, so that a hundred crawls never
 * hold up an answer. A statement takes about a millisecond, so few connections carry many jobs: the server's processors
 * are the bound, not our number (its default of 100 connections serves six processes with both kinds).
 */
export const COMMAND_CONNECTIONS = 4
export const WORKER_CONNECTIONS = 8
/** How long to wait for a connection: one that is free, or one that has to be made. */
export const COMMAND_CONNECT_MS = 1_000
export const WORKER_CONNECT_MS = 10_000
/** A connection that nobody has used for this long is closed. */
export const IDLE_MS = 30_000
/** How long a person's command waits for the database before it is refused as `store.busy` or `store.unreachable`. */
export const COMMAND_WAIT_MS = 2_000
/** The same for a worker once the process closes down; until then it waits without end. */
export const CLOSING_WAIT_MS = 2_000
/** How long opening waits before it says `store.unreachable`; whoever starts a service tries again. */
export const OPEN_WAIT_MS = 5_000
/** How long one statement may take in the server: a lock that another holds ends it. */
export const COMMAND_STATEMENT_MS = 2_000
export const WORKER_STATEMENT_MS = 10_000
/** How much longer the answer may take: after that the connection counts as dead (a network that swallows everything). */
export const ANSWER_EXTRA_MS = 500
/** A transaction whose process sleeps (stopped, paused) is ended by the server after this long, and its locks with it. */
export const IDLE_TRANSACTION_MS = 15_000
/** Pauses between two tries, with up to as much again of jitter: after a deadlock or lost race, and while it is away. */
export const RACE_PAUSE_MS = 10
export const AWAY_PAUSE_MS = 200
/** The server notices within half a minute that an owner's machine is gone. */
export const KEEPALIVE = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3'
/**
 * How often a holder of the owner's lock looks whether its connection lives (one whose end is told it looks for at
 * once), and how often the lock is tried for by one that waits, or has lost its connection.
 */
export const OWNER_LOOK_MS = 5_000
export const OWNER_RETRY_MS = 500
/** For so long after the server's start the lock is kept for those who held it before: each has looked by then. */
export const FORMER_FIRST_MS = OWNER_LOOK_MS + 2 * OWNER_RETRY_MS
/** How long a connection that ends, and a look that runs at the end, are waited for. */
export const GOODBYE_MS = 1_000
/** The oldest version that it is made for, as `server_version_num`, and questions by which `check` measures the latency. */
export const OLDEST_VERSION = 150_000
export const LOOKS = 3
/** Advisory locks of this program, in their own key space (the first key of two). */
export const LOCK_SPACE = 0x73686f70
/** The second key: who migrates; who crawls, one process alone (exclusive) or those that share Redis (shared). */
export const MIGRATION_LOCK = 1
export const OWNER_LOCK = 2
