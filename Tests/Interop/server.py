"""The built server as a process of its own, for tests."""

import signal
import subprocess


class Server:
    """`jiesuan serve` on a free port."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "listening on " in line:
                host, port = line.split("listening on ")[1].split()[0].rsplit(":", 1)
                self.address = host, int(port)
                return
        raise RuntimeError(f"the server ended with {self.process.wait()} before it listened")

    def stop(self):
        """Asks it to finish and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait()
