import type {
	PipelineRequest,
	PipelineResponse,
	SendRequest,
} from "@azure/core-rest-pipeline";

/** A request that was answered, be it in the form of an error. */
export interface Attempt {
	readonly request: PipelineRequest;
	readonly response: PipelineResponse;
	readonly error?: unknown;
}

/** Sends the request. Policies further down may throw what was answered, in a `RestError`. */
export async function attempt(
	request: PipelineRequest,
	next: SendRequest,
): Promise<Attempt> {
	try {
		return { request, response: await next(request) };
	} catch (error) {
		const { name, response } = (error ?? {}) as {
			name?: unknown;
			response?: PipelineResponse;
		};
		// Told by its name, as `isRestError` does: the HTTP stack need not be loaded for it, nor be the same copy.
		if (name !== "RestError" || response === undefined) throw error;
		return { request, response, error };
	}
}

/** The answer, in the form in which it came. */
export function outcome({ error, response }: Attempt): PipelineResponse {
	if (error !== undefined) throw error;
	return response;
}

/** Whether the request's body is still there after it was sent: a stream that was given as it is has been read. */
export function canBeSentAgain({ body }: PipelineRequest): boolean {
	if (typeof body !== "object" || body === null) return true;
	return !("pipe" in body || "getReader" in body);
}
