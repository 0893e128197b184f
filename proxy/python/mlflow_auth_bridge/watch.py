"""Looks after requests that are under way: MLflow sends one again for minutes and asks nobody, so the proxy must be there again."""

import threading
import time

# Seconds between two looks, and without requests until the last. A thread for good would be one at every fork of the program.
PAUSE = 0.25
LINGER = 2


class Watch:
    """Calls `look` now and then, from a thread of its own, until it has said for a while that no request is under way."""

    def __init__(self, look):
        self._look = look
        self._thread = None
        self._lock = threading.RLock()

    def begin(self):
        """Returns at once, also where it has begun already."""
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._run, name="mlflow-auth", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:
                # The interpreter is about to end, or there are too many.
                self._thread = None

    def _run(self):
        idle = 0
        while True:
            time.sleep(PAUSE)
            idle = 0 if self._look() else idle + PAUSE
            with self._lock:
                if idle >= LINGER:
                    self._thread = None
                    return
