"""The program, except that its work is to wait: for starting, queueing and stopping runs.

It waits a twentieth of a second per prototype. `data` may be "deaf", which no SIGTERM ends, or
"broken".
"""

import signal
import sys
import time

from explorer.__main__ import main
from explorer.errors import ConfigError
from explorer.runs import worker


def wait(run, job, store, watcher):
    if job.config.data == "broken":
        raise ConfigError("This cannot work.")
    if job.config.data == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    n = job.config.size
    report, emit = watcher.report("embed"), watcher.emit("embed")
    for i in range(n):
        report(i / n, f"Waiting: {i} of {n}")
        emit("metric", {"epoch": i, "loss": time.time()})
        time.sleep(0.05)
    run.write_result({"waited": n})


if __name__ == "__main__":
    worker._work = wait
    sys.exit(main())
