import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { type WatchTokenOptions, watchToken } from "azidentity";
import { VAULT } from "../credentials/emulated-entra.ts";
import { virtualTime } from "./virtual-time.ts";

/** What a credential answers, given how often it was asked before: a lifetime in milliseconds, a token, or an error. */
export type Answering = (
	asked: number,
) => number | Partial<AccessToken> | Error;

/** A watch on a credential that answers at once, and notes of who was asked and what was handed over when. */
export function watched(answering: Answering, options: WatchTokenOptions = {}) {
	const time = virtualTime();
	const start = time.now();
	const asks: number[] = [];
	const credential: TokenCredential = {
		async getToken() {
			const number = asks.push(time.now() - start);
			const answer = answering(number - 1);
			if (answer instanceof Error) throw answer;
			const token = `token-${number}`;
			if (typeof answer === "number")
				return { token, expiresOnTimestamp: time.now() + answer };
			return { token, expiresOnTimestamp: start, ...answer };
		},
	};
	const { now, setTimeout } = time;
	const watch = watchToken(credential, VAULT, { now, setTimeout, ...options });
	const tokens: [string, number][] = [];
	const end: { error?: unknown; isOver: boolean } = { isOver: false };
	/** Takes tokens as they come, until there are no more. */
	const take = async () => {
		try {
			for await (const { token } of watch) tokens.push([token, now() - start]);
		} catch (error) {
			end.error = error;
		}
		end.isOver = true;
	};
	return { asks, end, start, take, time, tokens, watch };
}
