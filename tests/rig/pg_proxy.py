"""A TCP proxy in front of Postgres that recognises COMMIT and cuts the connection around it."""

import enum
import queue
import socket
import struct
import threading
import time


CANCELLED = b"SELECT pg_catalog.pg_cancel_backend(pg_catalog.pg_backend_pid()), pg_catalog.pg_sleep(5)"


class Cut(enum.Enum):
    NOTHING = "nothing"
    BEFORE = "before the server sees COMMIT"
    AFTER = "after the server has answered COMMIT, before the client sees the answer"


class PgProxy:
    """Cuts the next COMMIT of a batch that comes by once it is armed, then lets everything pass again. While it
    is stalled, what it is given goes nowhere, as on a network that drops every packet. A round trip takes
    `delay` seconds, however much is said in it."""

    def __init__(self, server_port: int, address: str = "127.0.0.1", port: int = 0, delay: float = 0):
        self.server_port = server_port
        self.delay = delay
        self.address = address
        self.flowing = threading.Event()
        self.flowing.set()
        self.listener = socket.create_server((address, port))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.armed = Cut.NOTHING
        self.cuts = 0
        self.spoiled = 0
        self.spoils = False
        self.sockets = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, cut: Cut):
        with self.lock:
            self.armed = cut

    def spoil_begin(self):
        """Has a cancel end the next BEGIN, and nothing else."""
        self.spoils = True

    def stall(self):
        self.flowing.clear()

    def flow(self):
        self.flowing.set()

    def dsn(self, database: str, user: str = "postgres") -> str:
        return (f"host={self.address} port={self.port} user={user} dbname={database} "
                f"sslmode=disable gssencmode=disable")

    def close(self):
        self.flow()
        self.listener.close()
        for end in list(self.sockets):
            _shut(end)

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                client.close()
                continue
            self.sockets |= {client, server}
            hold = threading.Event()  # Set: the server's answers no longer reach the client.
            threading.Thread(target=self._upstream, args=(client, server, hold), daemon=True).start()
            threading.Thread(target=self._downstream, args=(server, client, hold), daemon=True).start()

    def _upstream(self, client, server, hold):
        try:
            startup = _read_startup(client)
            self.flowing.wait()
            server.sendall(startup)
            batch = False  # Whether this transaction has written a ledger row.
            while True:
                kind, message = _read_message(client)
                self.flowing.wait()
                if self.spoils and kind == b"P" and b"\0BEGIN" in message:
                    self.spoils = False
                    self.spoiled += 1
                    message = _parse(CANCELLED)
                ends = _is_commit(kind, message)
                cut = self._take_cut() if ends and batch else Cut.NOTHING
                batch = not ends and (batch or b'INSERT INTO "tallymill"."batch"' in message)
                if cut is Cut.BEFORE:
                    break
                if cut is Cut.AFTER:
                    hold.set()
                server.sendall(message)
                if cut is Cut.AFTER:
                    return  # The other direction shuts both ends when the answer is there.
        except (OSError, EOFError):
            pass
        self._drop(client, server)

    def _downstream(self, server, client, hold):
        late = queue.SimpleQueue()
        threading.Thread(target=self._deliver, args=(late, server, client, hold), daemon=True).start()
        data = b"?"
        while data:
            try:
                data = server.recv(65536)
            except OSError:
                data = b""
            late.put((time.monotonic() + self.delay, data))

    def _deliver(self, late, server, client, hold):
        try:
            while True:
                due, data = late.get()
                time.sleep(max(0.0, due - time.monotonic()))
                self.flowing.wait()
                if not data or hold.is_set():
                    break
                client.sendall(data)
        except OSError:
            pass
        self._drop(client, server)

    def _take_cut(self) -> Cut:
        with self.lock:
            cut, self.armed = self.armed, Cut.NOTHING
            self.cuts += cut is not Cut.NOTHING
            return cut

    def _drop(self, *ends):
        for end in ends:
            _shut(end)
            self.sockets.discard(end)


def _shut(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()


def _read_exactly(source, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _read_startup(source) -> bytes:
    """The first message has no type byte."""
    length = _read_exactly(source, 4)
    return length + _read_exactly(source, struct.unpack("!I", length)[0] - 4)


def _read_message(source) -> tuple[bytes, bytes]:
    header = _read_exactly(source, 5)
    return header[:1], header + _read_exactly(source, struct.unpack("!I", header[1:])[0] - 4)


def _parse(sql: bytes) -> bytes:
    """The message that has a statement without parameters parsed."""
    body = b"\0" + sql + b"\0" + struct.pack("!H", 0)
    return b"P" + struct.pack("!I", len(body) + 4) + body


def _is_commit(kind: bytes, message: bytes) -> bool:
    """A simple query, or the Parse of an extended one, whose text is COMMIT."""
    if kind not in (b"Q", b"P"):
        return False
    text = message[5:] if kind == b"Q" else message[5:].split(b"\0", 1)[1]
    return text.lstrip().upper().startswith((b"COMMIT", b"END"))
