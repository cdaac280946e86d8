import type { IncomingMessage, ServerResponse } from "node:http";
import { AuthenticationError } from "../errors.ts";
import {
	abortError,
	type SetTimeout,
	startTimer,
	throwIfAborted,
} from "../foundation/abort.ts";
import type { RedirectAddress } from "../foundation/redirect-address.ts";
import { listen } from "./loopback-listeners.ts";
import {
	judge,
	type LoopbackRules,
	type ResponseMode,
} from "./loopback-request.ts";
import { noticePage, PAGE_HEADERS } from "./sign-in-pages.ts";

export interface LoopbackOptions {
	readonly credentialName: string;
	readonly address: RedirectAddress;
	readonly responseMode: ResponseMode;
	/** What the answer must carry to count. */
	readonly state: string;
	/** How long a person has, in milliseconds. */
	readonly timeout: number;
	readonly setTimeout: SetTimeout | undefined;
	readonly abortSignal: AbortSignal;
}

/** A door of this machine, open until the browser has brought a sign-in's answer. */
export interface Loopback {
	/** The address to send the browser back to. */
	readonly redirectUri: string;
	/** Resolves when the answer is there; an AuthenticationError when time is up, an AbortError when nobody waits. */
	readonly answer: Promise<Answer>;
	/** Ends it all: nothing listens and no timer runs when it resolves. */
	close(): Promise<void>;
}

export interface Answer {
	readonly parameters: URLSearchParams;
	/** Shows the person how it went; resolves when the browser has the page, or is gone. */
	show(html: string): Promise<void>;
}

/**
 * Opens the door. What does not belong to the sign-in is turned away, and the wait goes on.
 * @throws CredentialUnavailableError when the port cannot be had; AbortError when nobody waits any more.
 */
export async function openLoopback(
	options: LoopbackOptions,
): Promise<Loopback> {
	const { abortSignal, address, credentialName, responseMode, state } = options;
	throwIfAborted(abortSignal);
	const wait = waitForAnswer(options);
	const rules = { path: address.path || "/", responseMode, state };
	try {
		const { close, port } = await listen(
			credentialName,
			address.port,
			(incoming, outgoing) => {
				serve(incoming, outgoing, rules, wait.answered).catch(
					() => outgoing.destroy(), // the browser went away in the middle of its request
				);
			},
		);
		return {
			redirectUri: `http://localhost:${port}${address.path}`,
			answer: wait.answer,
			close: () => {
				wait.stop();
				return close();
			},
		};
	} catch (error) {
		wait.stop();
		throw error;
	}
}

async function serve(
	incoming: IncomingMessage,
	outgoing: ServerResponse,
	rules: LoopbackRules,
	answered: (answer: Answer) => boolean,
): Promise<void> {
	const verdict = await judge(incoming, rules);
	if ("refused" in verdict) return turnAway(outgoing, verdict.refused, rules);
	const { parameters } = verdict;
	const show = (html: string) => send(outgoing, 200, html);
	if (!answered({ parameters, show })) await turnAway(outgoing, 400, rules);
}

function turnAway(
	outgoing: ServerResponse,
	status: number,
	{ responseMode }: LoopbackRules,
): Promise<void> {
	if (status === 405)
		outgoing.setHeader("Allow", responseMode === "query" ? "GET" : "POST");
	return send(outgoing, status, status === 204 ? "" : noticePage());
}

function send(
	outgoing: ServerResponse,
	status: number,
	html: string,
): Promise<void> {
	return new Promise((resolve) => {
		if (outgoing.destroyed) return resolve();
		outgoing.once("close", resolve);
		outgoing.writeHead(status, { ...PAGE_HEADERS, Connection: "close" });
		outgoing.end(html);
	});
}

/** The first answer, unless time is up or everybody has left before. */
function waitForAnswer(options: LoopbackOptions) {
	const { abortSignal, credentialName, setTimeout, timeout } = options;
	let answered: (answer: Answer) => boolean = () => false;
	let stop = () => {};
	const answer = new Promise<Answer>((resolve, reject) => {
		let isOver = false;
		const leave = () => end(() => reject(abortError()));
		const expire = () => end(() => reject(outOfTime(credentialName, timeout)));
		const stopTimer = startTimer(timeout, expire, setTimeout);
		abortSignal.addEventListener("abort", leave, { once: true });
		stop = () => {
			isOver = true;
			stopTimer();
			abortSignal.removeEventListener("abort", leave);
		};
		function end(settle: () => void): boolean {
			if (isOver) return false;
			stop();
			settle();
			return true;
		}
		answered = (brought) => end(() => resolve(brought));
	});
	answer.catch(() => {}); // who waits hears of it; there may be nobody yet
	return { answer, answered, stop: () => stop() };
}

function outOfTime(
	credentialName: string,
	timeout: number,
): AuthenticationError {
	const message = `${credentialName}: nobody finished the sign-in in the browser within ${Math.round(timeout / 1_000)} seconds. Ask for the token again to get another try, or give people longer by the option signInTimeout.`;
	return new AuthenticationError(
		0,
		{ error: "sign_in_timeout", error_description: message },
		{ message },
	);
}
