"""Gets tokens from the emulator with MSAL Python, as a Python program would.

Usage: client.py direct | proxy
Prints one JSON object per step: {"step", "answer"}. The answer is MSAL's own. While a device waits for its user,
{"step": "device flow", "user_code"} is printed first, and the program polls until somebody approves.
"""

import json
import os
import sys

import msal

AUTHORITY = os.environ["EMULATOR_AUTHORITY"]
TENANT = os.environ["EMULATOR_TENANT"]
VAULT = ["https://vault.azure.net/.default"]
GRAPH = ["User.Read"]


def say(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


def confidential(credential):
    return msal.ConfidentialClientApplication(
        os.environ["EMULATOR_CLIENT"],
        client_credential=credential,
        authority=f"{AUTHORITY}/{TENANT}",
        instance_discovery=False,
    )


def direct():
    secret = os.environ["EMULATOR_SECRET"]
    say("secret", answer=confidential(secret).acquire_token_for_client(VAULT))
    wrong = confidential("not the secret")
    say("wrong secret", answer=wrong.acquire_token_for_client(VAULT))

    with open(os.environ["EMULATOR_CERTIFICATE"], encoding="ascii") as file:
        pem = file.read()
    proof = {
        "private_key": pem,
        "public_certificate": pem[pem.index("-----BEGIN CERTIFICATE") :],
    }
    say("certificate", answer=confidential(proof).acquire_token_for_client(VAULT))

    app = msal.PublicClientApplication(
        os.environ["EMULATOR_PUBLIC_CLIENT"],
        authority=f"{AUTHORITY}/{TENANT}",
        instance_discovery=False,
    )
    flow = app.initiate_device_flow(GRAPH)
    say("device flow", user_code=flow["user_code"])
    say("device", answer=app.acquire_token_by_device_flow(flow))
    (account,) = app.get_accounts()
    say("account", answer=account)
    again = app.acquire_token_silent_with_error(GRAPH, account, force_refresh=True)
    say("refresh", answer=again)


def proxy():
    """No option at all: the real authority's name, and instance discovery as ever."""
    app = msal.PublicClientApplication(
        os.environ["EMULATOR_PUBLIC_CLIENT"],
        authority=f"https://login.microsoftonline.com/{TENANT}",
    )
    username, password = os.environ["EMULATOR_USERNAME"], os.environ["EMULATOR_PASSWORD"]
    answer = app.acquire_token_by_username_password(username, password, GRAPH)
    say("password", answer=answer)
    wrong = app.acquire_token_by_username_password(username, "not this", GRAPH)
    say("wrong password", answer=wrong)


if __name__ == "__main__":
    {"direct": direct, "proxy": proxy}[sys.argv[1]]()
