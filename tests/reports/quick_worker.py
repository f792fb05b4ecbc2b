"""A worker for tests of batches: takes its order as the real one does, and does what the order says."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from pathlib import Path

order = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
out = Path(order["out"])
(out / "partial.ipynb").write_text("half a notebook", encoding="utf-8")
print(json.dumps([1, 2]), flush=True)
print("not a message", flush=True)
time.sleep(order.get("seconds", 0.0))
match order.get("do", "make"):
    case "tell":
        print(json.dumps({"failed": "The cell says so."}), flush=True)
        sys.exit(1)
    case "crash":
        raise ValueError("a fault that nobody foresaw")
    case "die":
        os.kill(os.getpid(), signal.SIGKILL)
    case "make":
        (out / "deep").mkdir()
        (out / "deep" / "page.html").write_text(order.get("text", "a page"), encoding="utf-8")
        (out / "partial.ipynb").rename(out / "whole.ipynb")
        files = {
            path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in out.rglob("*")
            if path.is_file()
        }
        if order.get("forgets"):
            (out / "deep" / "page.html").unlink()
        manifest = {
            "kind": "jobbtorg-report",
            "made_from": order["made_from"],
            "day": "2018-03-13",
            "files": files,
        }
        (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        print(json.dumps([2, 2]), flush=True)
