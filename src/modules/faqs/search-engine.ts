/** What finds the passages: SQLite's full-text index, its finds ranked by the bot's own terms. */
export const engine = "sqlite-fts5";
