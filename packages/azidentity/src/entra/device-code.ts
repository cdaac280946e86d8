import { AuthenticationError } from "../errors.ts";
import { jsonObject } from "../foundation/json-object.ts";
import type { HttpAnswer } from "../platform/http.ts";

/** What the service says of a sign-in at another device (RFC 8628 §3.2). All durations in milliseconds. */
export interface DeviceCode {
	/** What the polls are made by: nobody but the service may see it. */
	readonly deviceCode: string;
	readonly userCode: string;
	readonly verificationUri: string;
	readonly message: string;
	readonly expiresIn: number;
	readonly interval: number;
}

/** How often to poll when the service does not say (RFC 8628 §3.5), and the least that is taken from it. */
const DEFAULT_INTERVAL_MS = 5_000;
const LEAST_INTERVAL_MS = 1_000;

/** What a terminal would not print but obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Reads the answer to a device authorization request.
 * @throws AuthenticationError when it lacks what a sign-in needs. What it holds is not shown.
 */
export function parseDeviceCode(
	credentialName: string,
	answer: HttpAnswer,
): DeviceCode {
	const document = jsonObject(answer.body) ?? {};
	const fail = (name: string): never => {
		const message = `${credentialName}: the answer to the request for a device code cannot be used: it has no ${name}. Check authorityHost, and whether a proxy answers in the service's place.`;
		throw new AuthenticationError(
			answer.status,
			{
				error: "invalid_response",
				error_description: message,
				correlation_id: answer.requestId,
			},
			{ message },
		);
	};
	const text = (name: string): string => {
		const value = document[name];
		return typeof value === "string" && value !== "" ? value : fail(name);
	};
	const userCode = printable(text("user_code"));
	const verificationUri = printable(text("verification_uri"));
	const { message } = document;
	return {
		deviceCode: text("device_code"),
		userCode,
		verificationUri,
		message:
			typeof message === "string" && message !== ""
				? printable(message)
				: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
		expiresIn: milliseconds(document.expires_in) ?? fail("expires_in"),
		interval: Math.max(
			milliseconds(document.interval) ?? DEFAULT_INTERVAL_MS,
			LEAST_INTERVAL_MS,
		),
	};
}

/** Seconds above 0, as a number or as digits. */
function milliseconds(value: unknown): number | undefined {
	const isDigits = typeof value === "string" && /^\d{1,9}$/.test(value);
	const seconds = isDigits ? Number(value) : value;
	if (typeof seconds !== "number" || !Number.isFinite(seconds))
		return undefined;
	return seconds > 0 ? seconds * 1_000 : undefined;
}

function printable(text: string): string {
	return text.replace(CONTROL, "");
}
