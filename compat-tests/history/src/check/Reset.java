package check;

/** A reader was told that its position is outside of the log. */
record Reset(Session session, long time, long offset) { }
