import {
	AggregateAuthenticationError,
	AuthenticationError,
} from "../errors.ts";
import { redact } from "../foundation/redact.ts";

/** Why a link of a chain gave no token. */
export interface Reason {
	readonly name: string;
	readonly error: unknown;
}

/** The error of a chain in which no link gave a token: a table with a line for each. */
export function allFailed(
	chainName: string,
	reasons: readonly Reason[],
): AggregateAuthenticationError {
	return new AggregateAuthenticationError(
		reasons.map(({ error }) => error),
		undefined,
		{
			message: `${chainName}: no credential of the chain could get a token.\n${tableOf(reasons)}`,
		},
	);
}

/**
 * The error of a link that ends the walk. When others were passed over before, ours says so: the reason for what
 * happened may be there, such as a variable that is not set.
 */
export function stoppedBy(
	error: unknown,
	chainName: string,
	reasons: readonly Reason[],
): unknown {
	if (reasons.length === 0 || !(error instanceof AuthenticationError))
		return error;
	const { isOutage, notBefore, retryAfter, statusCode } = error;
	const told = new AuthenticationError(statusCode, undefined, {
		message: `${error.message}\n${chainName} asked these before, which could not try:\n${tableOf(reasons)}`,
		cause: error,
		isOutage,
		notBefore,
		retryAfter,
	});
	// The service's own words, with the claims that no inspection shows.
	return Object.assign(told, { errorResponse: error.errorResponse });
}

function tableOf(reasons: readonly Reason[]): string {
	const width = Math.max(...reasons.map(({ name }) => name.length));
	const indent = " ".repeat(width + 4);
	return reasons
		.map(({ name, error }) => {
			const lines = textOf(name, error).split("\n");
			return `  ${name.padEnd(width)}  ${lines.join(`\n${indent}`)}`;
		})
		.join("\n");
}

/** What an error says, without the name that stands before it in the table. */
function textOf(name: string, error: unknown): string {
	const text = redact(error instanceof Error ? error.message : String(error));
	return text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text;
}
