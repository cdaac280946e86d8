import { AuthenticationError } from "../errors.ts";
import { abortable, delay, type SetTimeout } from "../foundation/abort.ts";
import type { Grant, Prompt, PromptRequest } from "../token.ts";
import { type DeviceCode, parseDeviceCode } from "./device-code.ts";
import type { EntraClient } from "./entra-client.ts";
import { tokenForm } from "./token-form.ts";

/** What a person needs to sign in at another device. */
export interface DeviceCodeInfo {
	/** The code to enter. */
	userCode: string;
	/** The page to enter it at. */
	verificationUri: string;
	/** Both in a sentence, in the words of Microsoft Entra ID. */
	message: string;
}

interface DeviceCodeParts {
	readonly credentialName: string;
	readonly client: EntraClient;
	/** Shows the person what to do. */
	readonly show: (info: DeviceCodeInfo) => unknown;
	/** The clock, in milliseconds since 1970. */
	readonly now?: (() => number) | undefined;
	readonly setTimeout?: SetTimeout | undefined;
}

/** How much slower to poll when told to (RFC 8628 §3.5). */
const SLOWER_MS = 5_000;

/** Has a person sign in at another device (RFC 8628): shows a code, and polls until it was used. */
export function deviceCodePrompt(parts: DeviceCodeParts): Prompt {
	const { now = Date.now, show } = parts;
	return async (request) => {
		const code = await start(parts, request);
		const deadline = now() + code.expiresIn;
		const { message, userCode, verificationUri } = code;
		const showing = async () => show({ userCode, verificationUri, message });
		await abortable(showing(), request.abortSignal);
		return poll({ ...parts, now }, request, code, deadline);
	};
}

async function start(
	{ client, credentialName }: DeviceCodeParts,
	request: PromptRequest,
): Promise<DeviceCode> {
	const { deviceAuthorization } = await client.endpoints(request);
	const form = tokenForm(credentialName, client.clientId, request, true);
	const answer = await client.postForm(
		deviceAuthorization,
		form,
		request,
		// One code more or less does no harm: nobody has seen it yet.
		{ isRepeatable: true },
	);
	return parseDeviceCode(credentialName, answer);
}

async function poll(
	parts: DeviceCodeParts & { readonly now: () => number },
	request: PromptRequest,
	{ deviceCode, interval }: DeviceCode,
	deadline: number,
): Promise<Grant> {
	const { client, credentialName, now, setTimeout } = parts;
	const form = {
		grant_type: "urn:ietf:params:oauth:grant-type:device_code",
		device_code: deviceCode,
	};
	let rhythm = interval;
	let wait = rhythm;
	let last: unknown;
	for (;;) {
		// There is no time for another poll in the rhythm that the service wants.
		if (now() + wait > deadline) throw expired(credentialName, last);
		await delay(wait, {
			signal: request.abortSignal,
			...(setTimeout && { setTimeout }),
		});
		try {
			return await client.requestToken(request, form, undefined);
		} catch (error) {
			if (!(error instanceof AuthenticationError)) throw error;
			last = error;
			const { error: word } = error.errorResponse;
			if (word === "slow_down") rhythm += SLOWER_MS;
			else if (word !== "authorization_pending" && !error.isOutage) throw error;
			wait = error.isOutage
				? Math.max(2 * wait, error.retryAfter ?? 0)
				: rhythm;
		}
	}
}

/** Nobody used the code in time; in an outage, perhaps nobody could. */
function expired(credentialName: string, last: unknown): AuthenticationError {
	const isOutage =
		last instanceof AuthenticationError && last.isOutage === true;
	const message = `${credentialName}: nobody signed in before the code expired. Start again, and enter the new code.`;
	return new AuthenticationError(
		0,
		{ error: "expired_token", error_description: message },
		{ message, ...(isOutage && { cause: last, isOutage }) },
	);
}
