import type { GetTokenOptions } from "@azure/core-auth";
import { isAuthenticationError } from "../errors.ts";
import { Flight } from "../foundation/flight.ts";

type Signal = GetTokenOptions["abortSignal"];

/** A prompt that a person is looking at. */
interface Running<T> {
	readonly key: string;
	readonly flight: Flight<T>;
	/** Resolves when it is over: to its failure, if it failed. */
	readonly over: Promise<unknown>;
	/** Whether everybody who wanted it has left, so that it is being taken away. */
	isLeft: boolean;
}

/** The words for a person who said no: of OAuth (RFC 6749 §4.1.2.1), and of Entra's device flow. */
const DECLINED = ["access_denied", "authorization_declined"];

/** Shows one person one prompt at a time. Whoever needs the same thing shares it, and may leave alone. */
export class PromptQueue<T> {
	#running: Running<T> | undefined;

	/** Whether another prompt is in the way of the one for this need. */
	isBusyFor(key: string): boolean {
		const running = this.#running;
		return running !== undefined && (running.key !== key || running.isLeft);
	}

	/**
	 * Resolves when the prompt in the way is over: it may have made another one needless. Rejects when the
	 * person declined, who would not like to be asked again, and when `signal` fires.
	 */
	async wait(signal: Signal): Promise<void> {
		const over = this.#running?.over ?? Promise.resolve();
		const waiting = new Flight(
			() => over,
			() => {},
		);
		const failure = await waiting.join(signal);
		if (isDecline(failure)) throw failure;
	}

	/** Joins the prompt for this need, or shows it. Only when nothing is in its way. */
	join(
		key: string,
		signal: Signal,
		show: (abortSignal: AbortSignal) => Promise<T>,
	): Promise<T> {
		this.#running ??= this.#start(key, show);
		return this.#running.flight.join(signal);
	}

	#start(
		key: string,
		show: (abortSignal: AbortSignal) => Promise<T>,
	): Running<T> {
		const stopping = new AbortController();
		const answer = show(stopping.signal).finally(() => {
			this.#running = undefined;
		});
		const over = answer.then(
			() => undefined,
			(failure: unknown) => failure,
		);
		const running: Running<T> = {
			key,
			over,
			isLeft: false,
			flight: new Flight(
				() => answer,
				() => {
					running.isLeft = true;
					stopping.abort();
				},
			),
		};
		return running;
	}
}

function isDecline(failure: unknown): boolean {
	return (
		isAuthenticationError(failure) &&
		DECLINED.includes(failure.errorResponse.error)
	);
}
