"""Gets tokens with MSAL Python on a PersistedTokenCache in a plain file, as a Python program would, and prints each as a
line of JSON once it has it: {"scope", "token"} or {"scope", "failed"}.

What to get comes as JSON on standard input: no secret is ever in an argv.
"""

import json
import random
import sys
import time

import msal
from msal_extensions import FilePersistence, PersistedTokenCache
from msal_extensions.filelock import LockError

job = json.load(sys.stdin)
cache = PersistedTokenCache(FilePersistence(job["file"]))
authority = f"https://login.microsoftonline.com/{job['tenantId']}"


def as_app(scope):
    return app.acquire_token_for_client([scope])


def as_person(scope):
    silent = silently(scope)
    if silent:
        return silent
    return app.acquire_token_by_username_password(
        job["username"], job["password"], [scope]
    )


def silently(scope):
    for account in app.get_accounts():
        if account["home_account_id"] == job["homeAccountId"]:
            return app.acquire_token_silent([scope], account)
    return None


if job["as"] == "app":
    get_token = as_app
    app = msal.ConfidentialClientApplication(
        job["clientId"],
        client_credential=job["secret"],
        authority=authority,
        token_cache=cache,
    )
else:
    get_token = as_person if job["as"] == "person" else silently
    app = msal.PublicClientApplication(
        job["clientId"], authority=authority, token_cache=cache
    )

def patiently(scope):
    """Others write all the time, and Python looks for the lock four times a second: on a busy machine it asks again."""
    for attempt in range(5):
        try:
            return get_token(scope) or {}
        except LockError as error:
            answer = {"error_description": str(error)}
    return answer


for scope in job["scopes"]:
    answer = patiently(scope)
    if "access_token" in answer:
        said = {"token": answer["access_token"]}
    else:
        said = {"failed": answer.get("error_description", "no token")}
    print(json.dumps({"scope": scope, **said}), flush=True)
    time.sleep(job.get("pause", 0) / 1000 * (0.5 + random.random()))
