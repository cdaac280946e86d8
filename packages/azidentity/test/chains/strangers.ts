import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { AuthenticationError, CredentialUnavailableError } from "azidentity";

/** A credential that somebody else wrote: it answers as it is told, and notes what it was asked. */
export interface Stranger extends TokenCredential {
	readonly asked: { scopes: string | string[]; options?: GetTokenOptions }[];
}

export type Answer =
	| string
	| null
	| Error
	| ((
			scopes: string | string[],
			options: GetTokenOptions | undefined,
	  ) => Promise<AccessToken | null>);

/** Answers one after the other, and the last one ever after: a token, null, or a failure. */
export function stranger(...answers: Answer[]): Stranger {
	const asked: Stranger["asked"] = [];
	return {
		asked,
		async getToken(scopes, options) {
			asked.push({ scopes, ...(options && { options }) });
			const answer = answers[Math.min(asked.length, answers.length) - 1];
			if (typeof answer === "function") return answer(scopes, options);
			if (answer instanceof Error) throw answer;
			if (answer === null || answer === undefined) return null;
			return tokenNamed(answer);
		},
	};
}

export function tokenNamed(token: string): AccessToken {
	return { token, expiresOnTimestamp: 4_000_000_000_000, tokenType: "Bearer" };
}

export const unavailable = (why = "not here") =>
	new CredentialUnavailableError(why);
export const refused = (why = "wrong secret") =>
	new AuthenticationError(
		401,
		{ error: "invalid_client", error_description: why },
		{ message: why },
	);
