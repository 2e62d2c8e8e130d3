/** Draws from a seed. tests/support/chance.h draws the same. */
final class Chance {
    private long state;

    Chance(long seed) {
        state = seed;
    }

    long next() {
        state += 0x9E3779B97F4A7C15L;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** At least 0, less than the limit. */
    int below(int limit) {
        return (int) ((next() >>> 1) % limit);
    }

    boolean oneIn(int count) {
        return below(count) == 0;
    }
}
