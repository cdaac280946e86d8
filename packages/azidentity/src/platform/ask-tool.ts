import { AuthenticationError, CredentialUnavailableError } from "../errors.ts";
import type { SetTimeout } from "../foundation/abort.ts";
import { redact } from "../foundation/redact.ts";
import type { Grant, TokenRequest } from "../token.ts";
import { runTool, type ToolOutcome } from "./run-tool.ts";

/** A tool that gets tokens for the account that is signed in to it. */
export interface Tool {
	/** What people call it. */
	readonly title: string;
	/** The names its program may have, the preferred one first. */
	readonly names: readonly string[];
	/** What to do when it is not there: a sentence. */
	readonly howToInstall: string;
	/** What to do when it answers in a way nobody expects: a sentence. */
	readonly howToCheck: string;
	/** What a shell, or the interpreter of a script, says on stderr when there is nothing to run. */
	readonly notFound: RegExp;
}

/** Whom a tool is asked for, and how long that may take. */
export interface ToolParts {
	readonly credentialName: string;
	/** In milliseconds. */
	readonly timeout: number;
	readonly setTimeout: SetTimeout | undefined;
}

/** What one question adds. */
interface Question {
	readonly request: TokenRequest;
	readonly args: readonly string[];
	/** Variables for the tool beside those of this process. */
	readonly environment?: Readonly<Record<string, string>>;
	/** The error for what the tool says on stderr when it fails. */
	readonly failure: (stderr: string) => Error;
	/** Finds the token in what the tool prints; members that are not there count as none. */
	readonly answer: (stdout: string) => ToolAnswer;
}

/** A tool's token and when it expires, in milliseconds since 1970, as far as they can be believed. */
export interface ToolAnswer {
	readonly token: unknown;
	readonly expiresOn: unknown;
}

/** So much of what a tool says is shown; the first lines say what is wrong. */
const LONGEST_TEXT = 1_000;

/** What shells exit with when they find no program. */
const NOT_FOUND_CODE = 127;

/**
 * Asks a tool for a token. What it prints on stdout may be a token, so that is never in an error.
 * @throws CredentialUnavailableError when the tool is not there; AuthenticationError when it failed; an AbortError.
 */
export async function askTool(
	tool: Tool,
	parts: ToolParts,
	question: Question,
): Promise<Grant> {
	const { credentialName, timeout, setTimeout } = parts;
	const { request, args, environment = {} } = question;
	const outcome = await runTool({
		names: tool.names,
		args,
		environment,
		timeout,
		abortSignal: request.abortSignal,
		setTimeout,
	});
	const isMissing =
		outcome.ended === "not-found" ||
		(outcome.ended === "exited" &&
			(outcome.code === NOT_FOUND_CODE || tool.notFound.test(outcome.stderr)));
	if (isMissing)
		throw new CredentialUnavailableError(
			`${credentialName}: ${tool.title} was not found in a directory of PATH. ${tool.howToInstall}`,
		);
	if (outcome.ended !== "exited") throw cutShort(tool, parts, outcome);
	if (outcome.code !== 0) throw question.failure(outcome.stderr);
	const grant = grantOf(question.answer(outcome.stdout), request);
	if (grant !== undefined) return grant;
	throw toolFailure(
		"tool_output",
		`${credentialName}: ${tool.title} answered with something else than a token and its expiry. ${tool.howToCheck}`,
	);
}

/** A failure of a tool, under the word that programs can tell it by. */
export function toolFailure(
	error: "claims_challenge" | "tool_failed" | "tool_output" | "timeout",
	message: string,
): AuthenticationError {
	return new AuthenticationError(
		0,
		{ error, error_description: message },
		{ message },
	);
}

/** What a tool says of its failure, fit for an error: short, and without anything that looks like a token. */
export function said(stderr: string): string {
	const text = redact(stderr.trim());
	if (text === "") return "it did not say why.";
	return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

function cutShort(
	{ howToCheck, title }: Tool,
	{ credentialName, timeout }: ToolParts,
	{ ended }: ToolOutcome,
): AuthenticationError {
	return ended === "timed-out"
		? toolFailure(
				"timeout",
				`${credentialName}: ${title} took longer than ${timeout} ms and was ended. ${howToCheck} To allow more time, set the option processTimeoutInMs.`,
			)
		: toolFailure(
				"tool_output",
				`${credentialName}: ${title} printed more than a token can be, and was ended. ${howToCheck}`,
			);
}

/** What a tool's answer grants; undefined when that is nothing. */
export function grantOf(
	{ token, expiresOn }: ToolAnswer,
	{ scopes }: Pick<TokenRequest, "scopes">,
): Grant | undefined {
	if (typeof token !== "string" || token.trim() === "") return undefined;
	if (typeof expiresOn !== "number" || !(expiresOn > 0)) return undefined;
	return {
		token: Object.freeze({
			token,
			expiresOnTimestamp: expiresOn,
			tokenType: "Bearer",
		} as const),
		scope: scopes.join(" "),
	};
}
