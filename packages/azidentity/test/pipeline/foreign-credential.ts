import { hours, manualClock } from "@azidentity/testkit";
import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { withTokenCache } from "azidentity";
import { settled } from "../cache/scripted-source.ts";
import { VAULT } from "../credentials/emulated-entra.ts";

/** One call that reached the credential, waiting to be answered by the test. */
export interface ForeignCall {
	readonly scopes: string | string[];
	readonly options: GetTokenOptions;
	/** Answers with a new token that lives so long, in milliseconds. */
	grant(lifetime: number, extra?: Partial<AccessToken>): string;
	answer(value: unknown): void;
	fail(error: unknown): void;
}

/** A credential that knows nothing of us, whose answers the test gives one call at a time. */
export interface ForeignCredential extends TokenCredential {
	readonly calls: ForeignCall[];
	/** The call that came last. */
	readonly last: ForeignCall;
}

export function foreignCredential(now: () => number): ForeignCredential {
	const calls: ForeignCall[] = [];
	return {
		calls,
		get last() {
			const call = calls.at(-1);
			if (call === undefined) throw new Error("nobody has called yet");
			return call;
		},
		getToken(scopes, options = {}) {
			return new Promise((resolve, reject) => {
				const token = `token-${calls.length + 1}`;
				const setOut = now();
				const answer = (value: unknown) => resolve(value as AccessToken);
				calls.push({
					scopes,
					options,
					answer,
					fail: reject,
					grant(lifetime, extra = {}) {
						answer({ token, expiresOnTimestamp: setOut + lifetime, ...extra });
						return extra.token ?? token;
					},
				});
			});
		},
	};
}

/** A foreign credential and a wrapper around it, both by one clock. */
export function wrapped() {
	const clock = manualClock();
	const foreign = foreignCredential(clock.now);
	const credential = withTokenCache(foreign, { now: clock.now });
	/** The token of a call that the credential must not be asked for. */
	const remembered = async (scopes: string | string[] = VAULT) =>
		(await credential.getToken(scopes)).token;
	return { clock, credential, foreign, remembered };
}

/** Calls, and answers the call that this makes. */
export async function granted(
	{
		credential,
		foreign,
	}: Pick<ReturnType<typeof wrapped>, "credential" | "foreign">,
	lifetime = hours(1),
	extra: Partial<AccessToken> = {},
	options: GetTokenOptions = {},
): Promise<string> {
	const call = credential.getToken(VAULT, options);
	await settled();
	foreign.last.grant(lifetime, extra);
	return (await call).token;
}
