"""Programs that a benchmark starts: servers that run until the end, commands that answer with JSON."""
import json
import os
import pathlib
import select
import signal
import subprocess
import time

READY_SECONDS = 60  # a server that has not said so by then has failed
STOP_SECONDS = 15  # a server that has not stopped by then is killed


class StepFailed(Exception):
    """What went wrong, in a sentence; the run goes on with the next step."""


def tail(text, lines=6):
    return " | ".join(text.strip().splitlines()[-lines:])


def run(command, seconds, **options):
    """The standard output of a command that ends with 0 within so many seconds."""
    command = [str(part) for part in command]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True, **options)
    except OSError as error:
        raise StepFailed(f"{command[0]} does not start: {error}") from None
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise StepFailed(f"{command[0]} has not ended within {seconds:.0f} s") from None
    finally:
        stop_group(process, signal.SIGKILL)
    if process.returncode != 0:
        raise StepFailed(f"{pathlib.Path(command[0]).name} ended with {process.returncode}: {tail(errors or output)}")
    return output


def run_json(command, seconds, **options):
    """The JSON that a command prints in its last line."""
    output = run(command, seconds, **options).strip().splitlines()
    try:
        return json.loads(output[-1])
    except (IndexError, ValueError):
        raise StepFailed(f"{command[0]} printed no JSON") from None


def stop_group(process, number):
    """Signals what the process started, too; they have a process group of their own."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        pass


class Server:
    """A server in a process group of its own."""

    def __init__(self, name, command, environment=None, ready="listening on"):
        self.name = name
        command = [str(part) for part in command]
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})}, start_new_session=True)
        except OSError as error:
            raise StepFailed(f"{name} does not start: {error}") from None
        self.port = None
        if ready:
            self.wait(ready)

    @property
    def pid(self):
        return self.process.pid

    def wait(self, ready):
        """Reads lines until the one that says it listens; its last number is the port."""
        end, text = time.monotonic() + READY_SECONDS, b""
        while ready.encode() not in text or not text.endswith(b"\n"):
            wait = end - time.monotonic()
            readable = wait > 0 and select.select([self.process.stdout], [], [], wait)[0]
            piece = os.read(self.process.stdout.fileno(), 4096) if readable else b""
            if not piece:
                self.stop()
                raise StepFailed(f"{self.name} does not start: {tail(text.decode(errors='replace'))}")
            text += piece
        digits = text.decode().strip().rsplit(":", 1)[-1]
        self.port = int("".join(character for character in digits if character.isdigit()) or 0)

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            stop_group(self.process, number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        stop_group(self.process, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()


class Servers:
    """Servers by name; all are stopped at the end, whatever happens."""

    def __init__(self):
        self.by_name = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_all()

    def stop_all(self):
        while self.by_name:
            _, server = self.by_name.popitem()
            server.stop()

    def start(self, name, command, environment=None, ready="listening on"):
        self.by_name[name] = Server(name, command, environment, ready)
        return self.by_name[name]

    def stop(self, name):
        self.by_name.pop(name).stop()

    def __contains__(self, name):
        return name in self.by_name

    def __getitem__(self, name):
        if name not in self.by_name:
            raise StepFailed(f"{name} does not run")
        return self.by_name[name]
