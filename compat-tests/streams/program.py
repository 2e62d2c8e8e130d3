"""A Java program of src/ beside the test."""
import os
import shlex
import subprocess

_JAVA = shlex.split(os.environ["JAVA"])


class Program:
    """Its output goes to a file, further orders to its standard input. Killed at the end of its block."""

    def __init__(self, output, name, *arguments):
        self.name = output.name
        self._output, self._command = output, [*_JAVA, name, *map(str, arguments)]
        self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        with open(self._output, "ab") as output:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=output, stderr=output, text=True)

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()

    def tell(self, line):
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def has_ended(self):
        """AssertionError with the end of its output where it failed."""
        if self._process.poll() not in (None, 0):
            raise AssertionError(f"{self.name} has status {self._process.returncode}: {self._text()[-3000:]}")
        return self._process.poll() == 0

    def numbers(self, word):
        """Those behind the word, of each line that begins with it."""
        return [int(line.split()[1]) for line in self._text().splitlines() if line.startswith(f"{word} ")]

    def _text(self):
        return self._output.read_text(encoding="utf-8", errors="replace")
