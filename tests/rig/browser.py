"""A headless Chromium and levers on its pages, spoken to over two pipes in its own DevTools protocol."""

import base64
import fcntl
import itertools
import json
import os
import pathlib
import select
import shutil
import time

import pytest

from process import Process, wait_until

ANSWER_SECONDS = 20
# Descriptors on which the browser reads commands and writes answers; messages end in a zero byte.
COMMANDS, ANSWERS = 3, 4


def _pipe() -> tuple[int, int]:
    """Both ends are above the descriptors that the browser expects."""
    ends = []
    for end in os.pipe():
        ends.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20))
        os.close(end)
    return ends[0], ends[1]


class Browser:
    def __init__(self, folder: pathlib.Path):
        chromium = shutil.which("chromium")
        if not chromium:
            pytest.skip("cannot run here: chromium")
        read_command, self.commands = _pipe()
        self.answers, write_answer = _pipe()
        self.process = Process(
            ["bash", "-c", f'exec "$@" {COMMANDS}<&{read_command} {ANSWERS}>&{write_answer}', "bash", chromium,
             "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
             "--no-default-browser-check", "--mute-audio", "about:blank"],
            folder / "chromium.log", keep=(read_command, write_answer))
        os.close(read_command)
        os.close(write_answer)
        self.numbers = itertools.count(1)
        self.rest = b""
        self.found = {}
        self.listeners = {}

    def ask(self, method: str, parameters: dict | None = None, session: str | None = None) -> dict:
        """Gives a command and returns its result."""
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": parameters or {}}
        if session:
            command["sessionId"] = session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_SECONDS
        while number not in self.found:
            self.read(max(0, deadline - time.monotonic()))
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} has no answer; the browser says:\n{self.process.tail()}")
        answer = self.found.pop(number)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def read(self, seconds: float):
        """Takes what comes within so many seconds: answers to be found, and events for their pages."""
        if not select.select([self.answers], [], [], seconds)[0]:
            return
        part = os.read(self.answers, 1 << 20)
        assert part, f"the browser ended:\n{self.process.tail()}"
        *messages, self.rest = (self.rest + part).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.found[message["id"]] = message
            elif message.get("sessionId") in self.listeners:
                self.listeners[message["sessionId"]](message["method"], message["params"])

    def stop(self):
        self.process.stop()
        os.close(self.commands)
        os.close(self.answers)


class Page:
    """One tab. It keeps what the page complained of and whom it asked."""

    def __init__(self, browser: Browser, width: int = 1280, height: int = 900):
        self.browser = browser
        self.complaints = []
        self.requests = []
        self.loads = 0
        self.target = browser.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = browser.ask("Target.attachToTarget", {"targetId": self.target, "flatten": True})["sessionId"]
        browser.listeners[self.session] = self.hear
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setFocusEmulationEnabled", enabled=True)
        self.resize(width, height)

    def ask(self, method: str, **parameters) -> dict:
        return self.browser.ask(method, parameters, self.session)

    def hear(self, method: str, parameters: dict):
        if method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(parameters["exceptionDetails"])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            self.complaints.append(parameters["args"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.complaints.append(parameters["entry"])

    def open(self, url: str):
        before = self.loads
        self.ask("Page.navigate", url=url)

        def loaded():
            self.browser.read(0.1)
            return self.loads > before
        wait_until(loaded, ANSWER_SECONDS, f"{url} to be loaded")
        return self

    def value(self, expression: str):
        """Returns what an expression comes to in the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (expression, answer["exceptionDetails"])
        return answer["result"].get("value")

    def wait(self, expression: str, what: str, seconds: float = 20):
        """Waits until an expression is true in the page; returns what it comes to."""
        try:
            return wait_until(lambda: self.value(expression), seconds, what)
        except TimeoutError as error:
            raise AssertionError(f"{error}; the page says:\n{self.text()}") from None

    def text(self, selector: str = "body") -> str:
        return self.value(f"document.querySelector({json.dumps(selector)}).innerText")

    def rows(self, table: str) -> list[list[str]]:
        """Returns the cells of a table's body, as they are read."""
        return self.value(f"[...document.querySelectorAll('#{table} tbody tr')]"
                          ".map(row => [...row.cells].map(cell => cell.textContent))")

    def resize(self, width: int, height: int = 900):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name: str):
        """Shows it to somebody who prefers `dark` or `light`."""
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def press(self, key: str, code: int, text: str = ""):
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **typed)

    def picture(self, path: pathlib.Path):
        """Writes what is to be seen now as a PNG."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def close(self):
        self.browser.ask("Target.closeTarget", {"targetId": self.target})
        del self.browser.listeners[self.session]
