"""`jiesuan serve` as a process whose log is kept."""

import os
import pathlib
import re
import resource
import signal
import subprocess
import time


class Ended(RuntimeError):
    """The server ended before it listened."""

    def __init__(self, code, log):
        super().__init__(f"the server ended with {code} before it listened: {log[-400:]}")
        self.code = code
        self.log = log


def of_folder(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


class Server:
    """A server on a free port. `file_bytes` bounds what any of its files may grow to, as a full disk does."""

    def __init__(self, rig, *arguments, name="server", file_bytes=None, environment=None, prefix=(), port=0):
        self.log_path = rig.new_log(name)
        self.log_file = open(self.log_path, "wb")

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

        self.process = subprocess.Popen(
            [*prefix, rig.program, "serve", "--port", str(port), *arguments], stdout=subprocess.PIPE,
            stderr=self.log_file, text=True, preexec_fn=limit if file_bytes else None,
            env={**os.environ, **(environment or {})})
        rig.started.append(self)
        self.began = time.monotonic()
        for line in self.process.stdout:
            match = re.search(r"listening on (\S*):(\d+)", line)
            if match:
                self.host, self.port = match[1], int(match[2])
                self.seconds_to_listen = time.monotonic() - self.began
                return
        raise Ended(self.process.wait(), self.log())

    @property
    def address(self):
        return self.host, self.port

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        return pathlib.Path(self.log_path).read_text(errors="replace")

    def is_running(self):
        return self.process.poll() is None

    def resident_kb(self, field="VmRSS"):
        match = re.search(rf"{field}:\s+(\d+) kB", self.of_proc("status"))
        return int(match[1]) if match else 0

    def descriptors(self):
        return len(of_folder(f"/proc/{self.pid}/fd"))

    def sockets(self):
        """Its clients' connections, and what it listens on; files of its ledger come and go by themselves."""
        folder, count = f"/proc/{self.pid}/fd", 0
        for name in of_folder(folder):
            try:
                count += os.readlink(f"{folder}/{name}").startswith("socket:")
            except OSError:
                continue
        return count

    def cpu_seconds(self):
        fields = self.of_proc("stat").rsplit(")", 1)[-1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if len(fields) > 12 else 0.0

    def of_proc(self, file):
        try:
            return pathlib.Path(f"/proc/{self.pid}/{file}").read_text()
        except OSError:
            return ""

    def send(self, number):
        self.process.send_signal(number)

    def pause(self):
        self.send(signal.SIGSTOP)

    def resume(self):
        self.send(signal.SIGCONT)

    def stop(self, patience=60):
        """Ends it as an operator does; returns its exit code and the seconds that it took, code None: it hangs."""
        began = time.monotonic()
        self.send(signal.SIGTERM)
        code = self.wait(patience)
        return code, time.monotonic() - began

    def wait(self, patience):
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if self.process.poll() is not None:
                self.release()

    def kill(self):
        if self.process.poll() is None:
            self.send(signal.SIGKILL)
            self.process.wait()
        self.release()

    def release(self):
        if not self.process.stdout.closed:
            self.process.stdout.close()
        self.log_file.close()
