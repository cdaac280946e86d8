import type {
	PipelinePolicy,
	PipelineResponse,
} from "@azure/core-rest-pipeline";

/** Hundreds of times what a token needs, and too little to fill a memory. */
const LARGEST_BODY = 1024 * 1024;

const ANY_STATUS = new Set([Number.POSITIVE_INFINITY]);

/** Reads bodies itself, and stops at the limit: a peer that sends without end must not fill the memory. */
export function bodyLimit(): PipelinePolicy {
	return {
		name: "bodyLimitPolicy",
		async sendRequest(request, next) {
			request.streamResponseStatusCodes = ANY_STATUS;
			const response = await next(request);
			response.bodyAsText = await textOf(response);
			return response;
		},
	};
}

async function textOf(response: PipelineResponse): Promise<string> {
	const { bodyAsText, readableStreamBody: stream } = response;
	// A client of the program's own may have read the body already.
	if (stream === undefined) return checked(bodyAsText ?? "");
	const parts: Buffer[] = [];
	let size = 0;
	// Leaving the loop, also by an error, destroys the stream and with it the connection.
	for await (const part of stream) {
		size += part.length;
		if (size > LARGEST_BODY) throw tooLarge();
		parts.push(Buffer.from(part));
	}
	return Buffer.concat(parts).toString();
}

function checked(text: string): string {
	if (text.length > LARGEST_BODY) throw tooLarge();
	return text;
}

/** No code: it is nothing that another attempt could mend. */
function tooLarge(): Error {
	return new Error("its answer is larger than 1 MiB");
}
