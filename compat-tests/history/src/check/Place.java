package check;

/** An offset of a partition. */
record Place(Partition partition, long offset) { }
