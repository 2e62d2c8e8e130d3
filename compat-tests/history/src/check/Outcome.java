package check;

/** What a client knows of an operation. UNKNOWN is also the outcome of what never came back. */
enum Outcome {
    OK,
    /** Provably without effect. */
    FAIL,
    UNKNOWN
}
