"""A process with a wrong clock or a slow disk: `faults/shim.c` in front of the C library."""

import os
import pathlib
import shutil
import subprocess


def built(rig):
    """The library; made once. Needs a C compiler."""
    path = os.path.join(rig.folder, "shim.so")
    if not os.path.exists(path):
        compiler = shutil.which("clang") or shutil.which("cc")
        if not compiler:
            raise RuntimeError("a C compiler is needed for the wrong clock and the slow disk")
        source = pathlib.Path(__file__).with_name("shim.c")
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", path, str(source), "-ldl"], check=True)
    return path


def environment(rig, clock_seconds=0, sync_milliseconds=0):
    return {
        "LD_PRELOAD": built(rig), "SHIM_CLOCK_SECONDS": str(clock_seconds),
        "SHIM_SYNC_MILLISECONDS": str(sync_milliseconds)}
