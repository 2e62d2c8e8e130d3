import java.nio.charset.StandardCharsets;

/** Stands for a text in golden samples. tests/support/fnv.h gives the same. */
final class Fnv {
    private Fnv() {
    }

    /** FNV-1a of 64 bits, in hexadecimal. */
    static String hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (octet & 0xFF)) * 0x100000001B3L;
        }
        return String.format("%016x", hash);
    }
}
