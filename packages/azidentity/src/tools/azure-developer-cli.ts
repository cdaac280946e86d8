import { CredentialUnavailableError } from "../errors.ts";
import { jsonObject } from "../foundation/json-object.ts";
import {
	askTool,
	said,
	type Tool,
	type ToolAnswer,
	type ToolParts,
	toolFailure,
} from "../platform/ask-tool.ts";
import type { TokenRequest, TokenSource } from "../token.ts";

const AZURE_DEVELOPER_CLI: Tool = {
	title: "the Azure Developer CLI",
	names:
		process.platform === "win32" ? ["azd.exe", "azd.cmd", "azd.bat"] : ["azd"],
	howToInstall: "Install it, see https://aka.ms/azd, then run: azd auth login",
	howToCheck: "Try it in a terminal: azd auth token",
	notFound: /^'azd' is not recognized|\bazd:.*not found/m,
};

const NOT_SIGNED_IN = /not logged in, run `azd (auth )?login` to login/;
const SIGN_IN_AGAIN =
	/must use multi-factor authentication|reauthentication required/i;
const TOO_OLD_FOR_CLAIMS = /unknown flag: --claims/;

/** `2026-01-31T23:59:59Z`, in UTC. */
const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Asks the Azure Developer CLI for a token of the account that is signed in there: `azd auth token`. */
export function azureDeveloperCliSource(parts: ToolParts): TokenSource {
	return (request) =>
		askTool(AZURE_DEVELOPER_CLI, parts, {
			request,
			args: argumentsFor(request),
			failure: (stderr) =>
				azureDeveloperCliFailure(parts.credentialName, stderr, request),
			answer: azureDeveloperCliAnswer,
		});
}

function argumentsFor({ claims, scopes, tenantId }: TokenRequest): string[] {
	const encoded = Buffer.from(claims ?? "", "utf8").toString("base64");
	return [
		...["auth", "token", "--output", "json", "--no-prompt"],
		...scopes.flatMap((scope) => ["--scope", scope]),
		...(tenantId === "" ? [] : ["--tenant-id", tenantId]),
		...(encoded === "" ? [] : ["--claims", encoded]),
	];
}

/** The token and its end in what the command prints. */
export function azureDeveloperCliAnswer(stdout: string): ToolAnswer {
	const { token, expiresOn } = jsonObject(stdout) ?? {};
	const isTime = typeof expiresOn === "string" && UTC_TIME.test(expiresOn);
	return { token, expiresOn: isTime ? Date.parse(expiresOn) : undefined };
}

/** What the command says when it fails, as an error. */
export function azureDeveloperCliFailure(
	credentialName: string,
	stderr: string,
	request: TokenRequest,
): Error {
	const text = wordsIn(stderr);
	if (NOT_SIGNED_IN.test(text))
		return new CredentialUnavailableError(
			`${credentialName}: nobody is signed in to the Azure Developer CLI. Run: azd auth login`,
		);
	return toolFailure(
		"tool_failed",
		`${credentialName}: the Azure Developer CLI got no token: ${said(text)}${adviceFor(text, request)}`,
	);
}

function adviceFor(text: string, { scopes, tenantId }: TokenRequest): string {
	if (TOO_OLD_FOR_CLAIMS.test(text))
		return " Install version 1.18.1 or newer of the Azure Developer CLI, which can answer claims challenges.";
	if (!SIGN_IN_AGAIN.test(text)) return "";
	const tenant = tenantId === "" ? [] : ["--tenant-id", tenantId];
	const wanted = scopes.flatMap((scope) => ["--scope", scope]);
	return ` Run: ${["azd auth login", ...tenant, ...wanted].join(" ")}`;
}

/**
 * What the tool says in words. Each line may be a JSON object: of version 1.23.7 and later with `error` and
 * `suggestion`, of earlier ones with `data.message`. Anything else is the text itself.
 */
function wordsIn(stderr: string): string {
	const documents = stderr.split(/\r?\n/).map((line) => jsonObject(line) ?? {});
	for (const { error, suggestion } of documents) {
		if (!isText(error)) continue;
		return isText(suggestion) ? `${error} ${suggestion}` : error;
	}
	for (const { data } of documents) {
		const { message } = (data ?? {}) as { message?: unknown };
		if (isText(message)) return message;
	}
	return stderr;
}

function isText(value: unknown): value is string {
	return typeof value === "string" && value.trim() !== "";
}
