import { AuthenticationRequiredError } from "../errors.ts";
import type { UserNeed } from "./user-need.ts";

/** The error for the caller, which has all that `authenticate` needs. */
export function requiredError(
	{ cause, message }: AuthenticationRequiredError,
	{ getTokenOptions, request }: UserNeed,
	otherCause?: unknown,
): AuthenticationRequiredError {
	return new AuthenticationRequiredError({
		scopes: [...request.scopes],
		getTokenOptions,
		message,
		cause: cause ?? otherCause,
	});
}
