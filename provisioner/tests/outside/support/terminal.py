"""`provision` on a terminal, and somebody who types."""

import fcntl
import os
import pty
import struct
import subprocess
import termios

from provision import PROVISION, Provision


class Terminal:
    """A run of the binary whose stdin, stdout and stderr are a terminal."""

    COLUMNS = 72

    def __init__(self, provision: Provision, *arguments: str, program: tuple[str, ...] = (PROVISION,),
                 **environment: str):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, self.COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            [*program, *arguments], cwd=provision.cwd, env=provision.environment(environment),
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        self.seen = ""

    def answers(self, prompt: str, text: str) -> None:
        """Waits for the prompt, then types the text and Enter."""
        self.shows(prompt)
        os.write(self._master, text.encode() + b"\n")

    def shows(self, text: str | None) -> None:
        """Waits for the text, or for the end."""
        unread = ""
        while text is None or text not in unread:
            try:
                piece = os.read(self._master, 65536).decode(errors="replace")
            except OSError:  # The other end is closed.
                piece = ""
            if not piece:
                assert text is None, f"no `{text}` in:\n{self.seen}"
                return
            unread += piece
            self.seen += piece

    def ends(self) -> int:
        self.shows(None)
        os.close(self._master)
        return self._process.wait(timeout=30)
