import type { GetTokenOptions } from "@azure/core-auth";
import { errorResponseFrom, hide } from "./foundation/error-response.ts";

/** The `name` of a {@link CredentialUnavailableError}. */
export const CredentialUnavailableErrorName = "CredentialUnavailableError";
/** The `name` of an {@link AuthenticationError}. */
export const AuthenticationErrorName = "AuthenticationError";
/** The `name` of an {@link AggregateAuthenticationError}. */
export const AggregateAuthenticationErrorName = "AggregateAuthenticationError";
/** The `name` of an {@link AuthenticationRequiredError}. */
const AUTHENTICATION_REQUIRED_ERROR_NAME = "AuthenticationRequiredError";

/** What the token service said when it refused, in the terms of its error document. */
export interface ErrorResponse {
	/** The OAuth error, such as `invalid_client`. Ours when there was no answer: `network_error`, `timeout`. */
	error: string;
	/** What the service says in words. */
	errorDescription: string;
	/** The numbers of the AADSTS codes. */
	errorCodes?: number[];
	/** When the service refused, in its own spelling. */
	timestamp?: string;
	/** The service's name for this failure. */
	traceId?: string;
	/** The name of the request, which support can look up. */
	correlationId?: string;
	/** What narrows `error` down, such as `basic_action`. */
	suberror?: string;
	/** The claims that a new sign-in must satisfy: pass them to `getToken` as they are. Not shown when the error is printed. */
	claims?: string;
}

/** What an {@link AuthenticationError} can say beyond status and body. */
export interface AuthenticationErrorOptions {
	/** The error behind this one. It is kept as given: hand over nothing that holds a secret. */
	cause?: unknown;
	/** One sentence for people, in place of the one made from the body. */
	message?: string;
	isOutage?: boolean | undefined;
	notBefore?: number | undefined;
	retryAfter?: number | undefined;
	isUnavailable?: boolean | undefined;
}

/** The credential could not even try: something it needs is missing. A chain goes on to the next one. */
export class CredentialUnavailableError extends Error {
	constructor(message?: string, options?: { cause?: unknown }) {
		super(message, options);
		this.name = CredentialUnavailableErrorName;
	}
}

/** The token service refused, or could not answer. A chain stops here. */
export class AuthenticationError extends Error {
	/** The HTTP status of the answer; 0 when there was none. */
	readonly statusCode: number;
	readonly errorResponse: ErrorResponse;
	/** Whether the service could not answer at all: network, timeout, throttling, 5xx. Then trying later may help. */
	declare readonly isOutage?: boolean;
	/** When the service wants to be asked again, in milliseconds since 1970: not before. */
	declare readonly notBefore?: number;
	/** How long the service wanted to be left alone when it answered, in milliseconds. */
	declare readonly retryAfter?: number;
	/**
	 * Whether it was not the token service that answered, but something in its place: nothing was refused,
	 * and a chain goes on to the next credential.
	 */
	declare readonly isUnavailable?: boolean;

	/**
	 * @param statusCode The HTTP status of the answer; 0 when there was none.
	 * @param errorBody The body of the answer: an object, a JSON text, or any text.
	 */
	constructor(
		statusCode: number,
		errorBody: object | string | undefined | null,
		options?: AuthenticationErrorOptions,
	) {
		const { message, isOutage, isUnavailable, notBefore, retryAfter } =
			options ?? {};
		const errorResponse = errorResponseFrom(statusCode, errorBody);
		super(
			message ??
				`${errorResponse.error} Status code: ${statusCode}\nMore details:\n${errorResponse.errorDescription},`,
			options && "cause" in options ? { cause: options.cause } : undefined,
		);
		this.name = AuthenticationErrorName;
		this.statusCode = statusCode;
		this.errorResponse = errorResponse;
		if (isOutage !== undefined) this.isOutage = isOutage;
		if (notBefore !== undefined) this.notBefore = notBefore;
		if (retryAfter !== undefined) this.retryAfter = retryAfter;
		if (isUnavailable !== undefined) this.isUnavailable = isUnavailable;
	}
}

/** What an {@link AggregateAuthenticationError} can say beyond its errors. */
export interface AggregateAuthenticationErrorOptions {
	/** The whole message, in place of the one made from the errors. */
	message?: string;
}

/** No credential of a chain could get a token; `errors` holds what each one said. */
export class AggregateAuthenticationError extends Error {
	// biome-ignore lint/suspicious/noExplicitAny: the type that programs written for @azure/identity read
	errors: any[];
	/** Whether none of them could even try, so that a chain around this one goes on. */
	readonly isUnavailable: boolean;

	constructor(
		// biome-ignore lint/suspicious/noExplicitAny: as above
		errors: any[],
		errorMessage?: string,
		options: AggregateAuthenticationErrorOptions = {},
	) {
		super(options.message ?? `${errorMessage}\n${errors.join("\n")}`);
		this.name = AggregateAuthenticationErrorName;
		this.errors = errors;
		this.isUnavailable = errors.every(isUnavailable);
	}
}

/**
 * Whether an error says that a credential could not even try, or that somebody would have to sign in: then a chain goes
 * on. Told by names, so that errors of `@azure/identity` count as well.
 */
export function isUnavailable(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const { errors, isUnavailable: isSo } = error as Error & {
		errors?: unknown;
		isUnavailable?: unknown;
	};
	if (error.name === AggregateAuthenticationErrorName)
		return Array.isArray(errors) && errors.every(isUnavailable);
	return (
		(error.name === AuthenticationErrorName && isSo === true) ||
		error.name === CredentialUnavailableErrorName ||
		error.name === AUTHENTICATION_REQUIRED_ERROR_NAME
	);
}

/** Whether it is an {@link AuthenticationError}. Told by its name: who only asks need not bring along what makes one. */
export function isAuthenticationError(
	error: unknown,
): error is AuthenticationError {
	return error instanceof Error && error.name === AuthenticationErrorName;
}

/** Whether it is an {@link AuthenticationRequiredError}, told by its name as above. */
export function isAuthenticationRequired(
	error: unknown,
): error is AuthenticationRequiredError {
	return (
		error instanceof Error && error.name === AUTHENTICATION_REQUIRED_ERROR_NAME
	);
}

/** What an {@link AuthenticationRequiredError} is made from. */
export interface AuthenticationRequiredErrorOptions {
	/** The scopes that were asked for. */
	scopes: string[];
	/** The options that `getToken` was called with. */
	getTokenOptions?: GetTokenOptions;
	message?: string;
	cause?: unknown;
}

/** Somebody has to sign in: call `authenticate` with these scopes and options. */
export class AuthenticationRequiredError extends Error {
	/** The scopes that were asked for. */
	scopes: string[];
	/** The options that `getToken` was called with. Not shown when the error is printed: they may hold claims. */
	declare getTokenOptions?: GetTokenOptions;

	constructor(options: AuthenticationRequiredErrorOptions) {
		const { scopes, getTokenOptions, message, cause } = options;
		super(message, cause ? { cause } : undefined);
		this.name = AUTHENTICATION_REQUIRED_ERROR_NAME;
		this.scopes = scopes;
		hide(this, "getTokenOptions", getTokenOptions);
	}
}
