"""Signs in to the emulator in several ways with MSAL Python, all on one cache.

Prints {"document", "found"}: the document that MSAL serializes, and what new clients then find in it.
"""

import json
import os

import msal

AUTHORITY = f"https://login.microsoftonline.com/{os.environ['TENANT']}"
VAULT = "https://vault.azure.net/.default"
STORAGE = "https://storage.azure.com/.default"
GRAPH = "https://graph.microsoft.com/User.Read"
ORDERS = "api://orders/access_as_user"

DAEMON, NATIVE, AZURE_CLI, API = (
    os.environ[name] for name in ("DAEMON", "NATIVE", "AZURE_CLI", "API")
)

cache = msal.SerializableTokenCache()


def confidential(client, secret):
    return msal.ConfidentialClientApplication(
        client,
        client_credential=os.environ[secret],
        authority=AUTHORITY,
        token_cache=cache,
    )


def public(client):
    return msal.PublicClientApplication(client, authority=AUTHORITY, token_cache=cache)


def checked(answer):
    if not answer or "access_token" not in answer:
        raise SystemExit(answer)
    return answer["access_token"]


def silently(app, scope):
    (account,) = app.get_accounts()
    return checked(app.acquire_token_silent([scope], account))


daemon = confidential(DAEMON, "DAEMON_SECRET")
for scope in (VAULT, STORAGE):
    checked(daemon.acquire_token_for_client([scope]))

username, password = os.environ["USERNAME"], os.environ["PASSWORD"]
for client in (NATIVE, AZURE_CLI):
    app = public(client)
    checked(app.acquire_token_by_username_password(username, password, [GRAPH]))
    # By the refresh token: another resource.
    silently(app, VAULT)

orders = silently(public(NATIVE), ORDERS)
checked(confidential(API, "API_SECRET").acquire_token_on_behalf_of(orders, [GRAPH]))

document = cache.serialize()
cache.deserialize(document)
found = []


def note(app, scope, token):
    # An app's own token is nobody's account.
    account = None if app.client_id == DAEMON else app.get_accounts()[0]
    whose = {"account": account["home_account_id"]} if account else {}
    found.append({"client": app.client_id, **whose, "scope": scope, "token": token})


daemon = confidential(DAEMON, "DAEMON_SECRET")
for scope in (VAULT, STORAGE):
    note(daemon, scope, checked(daemon.acquire_token_for_client([scope])))
for client in (NATIVE, AZURE_CLI):
    for scope in (GRAPH, VAULT):
        app = public(client)
        note(app, scope, silently(app, scope))
note(public(NATIVE), ORDERS, silently(public(NATIVE), ORDERS))
# MSAL Python keeps what it got on somebody's behalf as that person's own.
api = confidential(API, "API_SECRET")
note(api, GRAPH, silently(api, GRAPH))

print(json.dumps({"document": document, "found": found}))
