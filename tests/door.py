"""A port of this machine that counts who knocks on it."""

import socket
import threading
import time
from types import TracebackType


class Door:
    """Open while in its `with` block; nobody is let in."""

    def __enter__(self) -> "Door":
        self.callers: list[int] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()

    def listen(self) -> None:
        while True:
            try:
                caller, address = self.server.accept()
            except OSError:
                return
            self.callers.append(address[1])
            caller.close()

    def knocks(self) -> int:
        """How many came; we knock last, and those before us are let in first, so nobody is still on the way."""
        with socket.create_connection(("127.0.0.1", self.port)) as ours:
            own = ours.getsockname()[1]
        for _ in range(500):
            if own in self.callers:
                return self.callers.index(own)
            time.sleep(0.01)
        raise AssertionError("the door does not hear knocks")
