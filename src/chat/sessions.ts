/** Sessions that were begun at a platform's gateway, counted over restarts: platforms punish too many in a day. */
export interface SessionStore {
  /**
   * Notes a new session, unless `most` were begun within the last 24 hours.
   * @returns 0 when it was noted; else the milliseconds until one more may be begun
   */
  begin(platform: string, most: number): Promise<number>
}
