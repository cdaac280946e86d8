import { CredentialUnavailableError } from "../errors.ts";
import { jsonObject } from "../foundation/json-object.ts";
import { resourceOf } from "../foundation/tool-arguments.ts";
import {
	askTool,
	said,
	type Tool,
	type ToolAnswer,
	type ToolParts,
	toolFailure,
} from "../platform/ask-tool.ts";
import type { TokenRequest, TokenSource } from "../token.ts";

/** Windows' installer brings a batch file; Python's package brings a program too. */
const AZURE_CLI: Tool = {
	title: "the Azure CLI",
	names: process.platform === "win32" ? ["az.exe", "az.cmd", "az.bat"] : ["az"],
	howToInstall:
		"Install it, see https://learn.microsoft.com/cli/azure/install-azure-cli, then run: az login",
	howToCheck: "Try it in a terminal: az account get-access-token",
	notFound: /^'az' is not recognized|\baz:.*not found/m,
};

/** The CLI names the whole command when another sign-in would help, and the bare one when nobody has signed in. */
const SIGN_IN_AGAIN = /\baz login\b.*--(scope|claims-challenge)\b/;
const SIGN_IN = /\baz login\b/;

/** `2026-01-31 23:59:59.000000`, in the local time of this machine. */
const LOCAL_TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?$/;

/** Asks the Azure CLI for a token of the account that is signed in there: `az account get-access-token`. */
export function azureCliSource(
	parts: ToolParts,
	subscription?: string,
): TokenSource {
	return async (request) => {
		refuseClaims(parts.credentialName, request);
		return askTool(AZURE_CLI, parts, {
			request,
			args: argumentsFor(request, subscription),
			failure: (stderr) => azureCliFailure(parts.credentialName, stderr),
			answer: azureCliAnswer,
		});
	};
}

function argumentsFor(
	{ scopes, tenantId }: TokenRequest,
	subscription: string | undefined,
): string[] {
	return [
		...["account", "get-access-token", "--output", "json"],
		...["--resource", resourceOf(scopes[0] ?? "")],
		...(tenantId === "" ? [] : ["--tenant", tenantId]),
		...(subscription === undefined ? [] : ["--subscription", subscription]),
	];
}

/** The command that gets a token for claims asks a person, so it is for a person to run. */
function refuseClaims(
	credentialName: string,
	{ claims, scopes, tenantId }: TokenRequest,
): void {
	if (claims === undefined) return;
	const encoded = Buffer.from(claims, "utf8").toString("base64");
	const tenant = tenantId === "" ? "" : ` --tenant ${tenantId}`;
	throw toolFailure(
		"claims_challenge",
		`${credentialName}: the resource asks for claims, which the Azure CLI gets only while a person signs in. Run: az login${tenant} --scope ${scopes[0]} --claims-challenge ${encoded}`,
	);
}

/** The token and its end in what the command prints. */
export function azureCliAnswer(stdout: string): ToolAnswer {
	const { accessToken, expires_on, expiresOn } = jsonObject(stdout) ?? {};
	return {
		token: accessToken,
		expiresOn: epochMilliseconds(expires_on) ?? localTime(expiresOn),
	};
}

/** What the command says when it fails, as an error. */
export function azureCliFailure(credentialName: string, stderr: string): Error {
	if (SIGN_IN.test(stderr) && !SIGN_IN_AGAIN.test(stderr))
		return new CredentialUnavailableError(
			`${credentialName}: nobody is signed in to the Azure CLI. Run: az login`,
		);
	return toolFailure(
		"tool_failed",
		`${credentialName}: the Azure CLI got no token: ${said(stderr)}`,
	);
}

function epochMilliseconds(seconds: unknown): number | undefined {
	const isTime = typeof seconds === "number" && seconds > 0;
	return isTime ? seconds * 1_000 : undefined;
}

/** In the hour that is there twice at the end of summer time, the earlier instant: a token must not seem to live longer. */
function localTime(text: unknown): number | undefined {
	const found = typeof text === "string" ? LOCAL_TIME.exec(text) : null;
	if (found === null) return undefined;
	const [year = 0, month = 0, ...rest] = found.slice(1).map(Number);
	return new Date(year, month - 1, ...rest).getTime();
}
