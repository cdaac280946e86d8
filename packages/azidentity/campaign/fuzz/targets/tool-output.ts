import assert from "node:assert/strict";
import {
	AuthenticationError,
	CredentialUnavailableError,
} from "../../../src/errors.ts";
import { grantOf } from "../../../src/platform/ask-tool.ts";
import {
	azureCliAnswer,
	azureCliFailure,
} from "../../../src/tools/azure-cli.ts";
import {
	azureDeveloperCliAnswer,
	azureDeveloperCliFailure,
} from "../../../src/tools/azure-developer-cli.ts";
import {
	azurePowerShellAnswer,
	azurePowerShellFailure,
} from "../../../src/tools/azure-power-shell.ts";
import { SECRET, type Target } from "../target.ts";

const REQUEST = {
	scopes: ["https://vault.azure.net/.default"],
	tenantId: "contoso",
	cae: false,
	abortSignal: new AbortController().signal,
};

/** On standard output there are tokens, on standard error what went wrong: the first is never shown, the second always. */
const ANSWERS = [
	azureCliAnswer,
	azureDeveloperCliAnswer,
	azurePowerShellAnswer,
];
const FAILURES = [
	azureCliFailure,
	azurePowerShellFailure,
	(name: string, stderr: string) =>
		azureDeveloperCliFailure(name, stderr, REQUEST),
];

export const target: Target = {
	material: {
		seeds: [
			`{"accessToken": "${SECRET}", "expiresOn": "2026-11-25 23:59:59.000000", "expires_on": 1795564799, "subscription": "s", "tenant": "t", "tokenType": "Bearer"}`,
			`{"accessToken": "${SECRET}", "expiresOn": "2026-11-25 23:59:59.000000"}`,
			`{"token":"${SECRET}","expiresOn":"2026-11-25T23:59:59Z"}`,
			`Loading profile\r\n<<<azidentity:{"Token":"${SECRET}","ExpiresOn":1795564799}:azidentity>>>\r\n`,
			"ERROR: Please run 'az login' to setup account.\n",
			`ERROR: AADSTS700082: expired.\nInteractive authentication is needed. Please run:\naz login --scope https://x/.default --claims-challenge "${SECRET}"`,
			'{"type":"consoleMessage","timestamp":"2026-01-01T00:00:00Z","data":{"message":"\\nERROR: not logged in, run `azd auth login` to login\\n"}}\n',
			'{"error":"reauthentication required","suggestion":"run azd auth login"}\n',
			"Run Connect-AzAccount to login.",
			"azidentity: no Az.Accounts",
		],
		words: [
			...["<<<azidentity:", ":azidentity>>>", '"expires_on":', '"expiresOn":'],
			...["az login", "--scope", "azd auth login", "Connect-AzAccount"],
			...[
				"2026-02-30 25:61:61",
				"9999999999999",
				"eyJhbGciOiJub25lIn0.e30.",
				"\n{",
			],
		],
	},
	parse(input, choice) {
		const index = Math.floor(choice * (ANSWERS.length + FAILURES.length));
		const answer = ANSWERS[index];
		if (answer !== undefined) {
			const grant = grantOf(answer(input), REQUEST);
			if (grant === undefined) return;
			const { token, expiresOnTimestamp } = grant.token;
			assert.ok(token.trim() !== "" && expiresOnTimestamp > 0);
			return;
		}
		const failure = FAILURES[index - ANSWERS.length]?.("Credential", input);
		assert.ok(failure instanceof Error && failure.message.length < 3_000);
		throw failure;
	},
	isKnown: (error) =>
		error instanceof AuthenticationError ||
		error instanceof CredentialUnavailableError,
	// What a tool says on standard error is for people: only what looks like a token is kept from them.
	shows: () => true,
};
