"""The HTTP server withstands readers that are slow, many or malformed."""

import socket
import time


def connect(daemon) -> socket.socket:
    return socket.create_connection(("127.0.0.1", daemon.http), timeout=20)


def answers_quickly(daemon) -> bool:
    began = time.monotonic()
    status, text = daemon.get("/metrics")
    return status == 200 and "tallymill_build_info" in text and time.monotonic() - began < 2


def closed(end) -> bool:
    """Waits for the daemon to hang up, with or without an answer."""
    try:
        while end.recv(65536):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_readers_that_never_finish_their_request_do_not_hold_up_others(counting):
    loris = [connect(counting) for _ in range(10)]
    for end in loris:
        end.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert answers_quickly(counting)
    assert all(closed(end) for end in loris), "a half-open request has no deadline"


def test_readers_that_never_take_their_answer_do_not_hold_up_others(counting):
    slow = [connect(counting) for _ in range(10)]
    for end in slow:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        end.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 50)
    assert answers_quickly(counting)


def test_more_connections_than_the_cap_leave_the_daemon_alive(counting):
    many = []
    for _ in range(500):
        try:
            many.append(connect(counting))
        except OSError:
            break
    for end in many:
        end.close()
    deadline = time.monotonic() + 15
    while not answers_quickly(counting):
        assert time.monotonic() < deadline, "the server does not answer after a burst of connections"
    assert counting.state() == "running"


def test_only_reading_is_allowed_and_nonsense_is_refused(counting):
    for request, wanted in {
        b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n": (405,),
        b"DELETE /api/status HTTP/1.1\r\nHost: x\r\n\r\n": (405,),
        b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n": (405, 404),
        b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n": (404, 400),
        b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n": (404, 400),
        b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n": (431, 400, 413),
        b"GET /" + b"y" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n": (414, 431, 400, 404),
    }.items():
        with connect(counting) as end:
            try:
                end.sendall(request)
                line = end.recv(64)
            except ConnectionError:
                continue  # Hung up on: as good an answer.
            assert not line or int(line.split()[1]) in wanted, (request[:40], line)
    assert answers_quickly(counting)


def test_requests_older_newer_and_more_at_once_than_usual_are_answered_or_hung_up_on(counting):
    for request, wanted in {
        b"GET /metrics\r\n": (400, 505, 200),
        b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n": (505, 400),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": (505, 400, 405),
        b"GET /metrics HTTP/1.1\r\n\r\n": (400, 200),
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 100: (200,),
    }.items():
        with connect(counting) as end:
            end.sendall(request)
            end.shutdown(socket.SHUT_WR)
            line = end.recv(64)
            assert not line or int(line.split()[1]) in wanted, (request[:40], line)
    assert answers_quickly(counting)


def test_answers_invite_no_other_site_to_read_them(counting):
    with connect(counting) as end:
        end.sendall(b"GET /api/status HTTP/1.0\r\nOrigin: http://elsewhere\r\n\r\n")
        head = end.recv(4096).split(b"\r\n\r\n")[0].lower()
    assert b"200" in head and b"access-control" not in head and b"nosniff" in head


def test_it_listens_on_loopback_only(counting):
    with open("/proc/net/tcp") as table:
        listening = [line.split()[1] for line in table if line.split()[3] == "0A"]
    ours = [address for address in listening if int(address.split(":")[1], 16) == counting.http]
    assert ours == [f"0100007F:{counting.http:04X}"]


def test_a_client_that_sends_a_byte_now_and_then_is_hung_up_on(counting):
    drip = connect(counting)
    drip.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        try:
            drip.sendall(b"x")
            drip.settimeout(0.001)
            if drip.recv(100) == b"":
                break
        except TimeoutError:
            pass
        except ConnectionError:
            break
        time.sleep(1)
    else:
        raise AssertionError("a request that never ends is never ended")
    assert answers_quickly(counting)
