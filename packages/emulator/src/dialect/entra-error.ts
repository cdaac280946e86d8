import { randomUUID } from "node:crypto";

/** A refusal in the service's words: what it answers, and under which AADSTS code. */
export class EntraError extends Error {
	override readonly name = "EntraError";
	readonly status: number;
	/** The OAuth error. */
	readonly error: string;
	/** The AADSTS code. */
	readonly code: number;
	/** Members of the body besides the usual ones: `suberror`, `claims`. */
	readonly extra: Readonly<Record<string, string>>;

	constructor(
		status: number,
		error: string,
		code: number,
		text: string,
		extra: Readonly<Record<string, string>> = {},
	) {
		super(text);
		this.status = status;
		this.error = error;
		this.code = code;
		this.extra = extra;
	}
}

/** Where and when an error is answered. */
export interface ErrorSetting {
	/** Milliseconds since 1970. */
	readonly now: number;
	/** The caller's, so that both sides' logs can be joined. */
	readonly correlationId: string;
	/** The authority that answers: `https://host:port`. */
	readonly authority: string;
}

/** The JSON body of an error. People see its description, so its layout is the service's. */
export function errorBody(refusal: EntraError, setting: ErrorSetting) {
	const timestamp = new Date(setting.now)
		.toISOString()
		.replace("T", " ")
		.replace(/\.\d+Z$/, "Z");
	const trace = randomUUID();
	return {
		error: refusal.error,
		error_description: `AADSTS${refusal.code}: ${refusal.message} Trace ID: ${trace} Correlation ID: ${setting.correlationId} Timestamp: ${timestamp}`,
		error_codes: [refusal.code],
		timestamp,
		trace_id: trace,
		correlation_id: setting.correlationId,
		error_uri: `${setting.authority}/error?code=${refusal.code}`,
		...refusal.extra,
	};
}
