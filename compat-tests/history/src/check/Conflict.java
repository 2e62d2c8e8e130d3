package check;

/** Two accounts of the log that do not go together: a value at a second place, or a second value at a place. */
record Conflict(Send send, Partition partition, long offset) { }
