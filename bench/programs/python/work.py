"""One process of a measure, in Python: MSAL with its extensions' plain file. The jobs are those of ../work.js."""

import json
import os
import sys
import threading
import time
import tracemalloc

job = json.loads(sys.stdin.readline())

import msal  # noqa: E402  the job comes first, as in the other languages

TOKEN_LENGTH = 1_500
AUTHORITY = f"https://login.microsoftonline.com/{job['tenantId']}"


class Answer:
    def __init__(self, text):
        self.status_code = 200
        self.headers = {}
        self.text = text

    def raise_for_status(self):
        pass


class CannedService:
    """The service with the network left out."""

    def __init__(self):
        self.requests = 0
        self.lock = threading.Lock()

    def get(self, url, **_):
        base = url.split("/v2.0/")[0]
        return Answer(
            json.dumps(
                {
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                    "issuer": f"{base}/v2.0",
                }
            )
        )

    def post(self, url, **_):
        with self.lock:
            self.requests += 1
            number = self.requests
        time.sleep(job.get("delay", 0) / 1000)
        return Answer(
            json.dumps(
                {
                    "token_type": "Bearer",
                    "expires_in": 86399,
                    "ext_expires_in": 86399,
                    "access_token": str(number).rjust(TOKEN_LENGTH, "x"),
                }
            )
        )

    def close(self):
        pass


service = CannedService()


def token_cache():
    if not job.get("cache"):
        return None
    from msal_extensions import FilePersistence, PersistedTokenCache

    folder = os.path.join(os.path.expanduser("~"), ".IdentityService")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    file = os.path.join(folder, f"{job['cache']}.msal")
    return PersistedTokenCache(FilePersistence(file))


def opened(client_id=None):
    app = msal.ConfidentialClientApplication(
        client_id or job["clientId"],
        client_credential="secret",
        authority=AUTHORITY,
        token_cache=token_cache(),
        http_client=service,
        instance_discovery=False,
    )

    def get_token(scope):
        answer = app.acquire_token_for_client([scope])
        if "access_token" not in answer:
            raise RuntimeError(answer.get("error_description", "no token"))

    return get_token


def scope(number):
    return f"https://{job.get('prefix', 'resource')}-{number}.example/.default"


def say(**found):
    print(json.dumps(found), flush=True)


def each():
    get_token = opened()
    if job.get("waits"):
        say(isReady=True)
        sys.stdin.readline()
    failures = []
    start = time.perf_counter()
    first = job.get("from", 0)
    for number in range(first, first + job["count"]):
        failed = None
        try:
            get_token(scope(number))
        except Exception as error:  # whatever the library throws is what a program sees
            failed = str(error).split("\n")[0] or type(error).__name__
            failures.append(failed)
        if job.get("tells"):
            more = {"failed": failed} if failed else {}
            say(number=number, requests=service.requests, **more)
    ms = (time.perf_counter() - start) * 1000
    say(ms=ms, requests=service.requests, failures=failures[:3])


def hit():
    get_token = opened()
    if not job.get("isFilled"):
        for number in range(job["tokens"]):
            get_token(scope(number))
    asked = scope(job["asked"])
    get_token(asked)
    filling = service.requests
    timed(get_token, asked)
    us = min(timed(get_token, asked) for _ in range(3))
    say(us=us, requests=service.requests - filling)


def timed(get_token, asked):
    calls = 0
    start = now = time.perf_counter()
    while (now - start) * 1000 < job["ms"]:
        batch = 1 if calls == 0 else min(calls, 10_000)
        for _ in range(batch):
            get_token(asked)
        calls += batch
        now = time.perf_counter()
    return (now - start) / calls * 1e6


def together():
    get_token = opened()
    callers = [
        threading.Thread(target=get_token, args=[scope(0)])
        for _ in range(job["callers"])
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    say(requests=service.requests)


def memory():
    share = job["tokens"] // job["credentials"]
    kept = []

    def fill(client_id):
        get_token = opened(client_id)
        kept.append(get_token)
        for number in range(share):
            get_token(scope(number))

    fill("warm")
    tracemalloc.start()
    for turn in range(job["credentials"]):
        fill(f"client-{turn}")
    say(bytes=tracemalloc.get_traced_memory()[0] / job["tokens"])


{"each": each, "hit": hit, "together": together, "memory": memory}[job["do"]]()
