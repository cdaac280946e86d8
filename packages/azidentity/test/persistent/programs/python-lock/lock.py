"""Holds the lock of MSAL's extensions for Python until told to go on by stdin, and tells on stdout what happened.

Usage: lock.py PATH
"""

import importlib.util
import sys
from pathlib import Path

import portalocker

# The package itself imports MSAL; its lock needs nothing of that, and is loaded alone.
package = importlib.util.find_spec("msal_extensions").submodule_search_locations[0]
spec = importlib.util.spec_from_file_location(
    "cache_lock", Path(package) / "cache_lock.py"
)
cache_lock = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cache_lock)

try:
    with cache_lock.CrossPlatLock(sys.argv[1]):
        print("held", flush=True)
        sys.stdin.readline()
    print("released", flush=True)
except portalocker.exceptions.LockException:
    print("gave up", flush=True)
