import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.RequestHeader;

/** One connection: requests out, frames in, in order. */
final class Link implements AutoCloseable {
    /** A request whose reply is still to come. */
    record Sent(ApiKeys api, short version, int correlation) { }

    /** What came: a frame, or else why none. */
    record Came(ByteBuffer frame, String instead) { }

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final Deque<Sent> waiting = new ArrayDeque<>();
    private int correlations;

    Link(String bootstrap) throws IOException {
        int colon = bootstrap.lastIndexOf(':');
        socket.connect(new InetSocketAddress(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1))));
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
    }

    /** Sends a request; its reply is awaited in turn unless none is to come. */
    void send(ApiKeys api, short version, String clientId, ByteBuffer body, boolean replies) throws IOException {
        short known = (short) Math.min(version, api.messageType.highestSupportedVersion(true));
        RequestHeader header = new RequestHeader(api, known, clientId, ++correlations);
        header.data().setRequestApiVersion(version);
        short headerVersion = api.requestHeaderVersion(known);
        var cache = new org.apache.kafka.common.protocol.ObjectSerializationCache();
        ByteBuffer frame = ByteBuffer.allocate(4 + header.data().size(cache, headerVersion) + body.remaining());
        frame.putInt(frame.capacity() - 4);
        header.data().write(new org.apache.kafka.common.protocol.ByteBufferAccessor(frame), cache, headerVersion);
        frame.put(body.duplicate());
        write(frame.array());
        if (replies) {
            waiting.add(new Sent(api, version, correlations));
        }
    }

    /** Bytes as they are. A broker that has closed already is seen when its answer is read. */
    void write(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closed) {
            return;
        }
    }

    void end() throws IOException {
        socket.shutdownOutput();
    }

    Sent next() {
        return waiting.poll();
    }

    Came read(int timeoutMs) throws IOException {
        socket.setSoTimeout(timeoutMs);
        try {
            int size = in.readInt();
            if (size < 0 || size > 100_000_000) {
                return new Came(null, "frame of " + size + " bytes");
            }
            byte[] frame = new byte[size];
            in.readFully(frame);
            return new Came(ByteBuffer.wrap(frame), null);
        } catch (SocketTimeoutException e) {
            return new Came(null, "nothing");
        } catch (EOFException | SocketException e) {
            return new Came(null, "close");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
