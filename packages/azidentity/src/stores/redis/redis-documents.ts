import { setTimeout as pause } from "node:timers/promises";
import type { DocumentName } from "../../cache/token-store.ts";
import { log } from "../../foundation/log.ts";
import type { Breaker } from "./breaker.ts";
import type { RedisCommands } from "./redis-client.ts";
import type { RedisKeys } from "./redis-keys.ts";
import { FOREIGN, runScript, SCRIPTS } from "./redis-scripts.ts";
import {
	FORM,
	type Sealer,
	type Unreadable,
	VERSION_LENGTH,
} from "./sealer.ts";

/** Writers in other processes are few, and each of their turns takes a millisecond: who lost so often is better off without. */
const TRIES = 50;
const LONGEST_PAUSE_MS = 20;

/** How long a document stays after its last token, in milliseconds: clocks differ by minutes. */
const MARGIN_MS = 10 * 60_000;

interface DocumentsParts {
	readonly redis: RedisCommands;
	readonly breaker: Breaker;
	readonly keys: RedisKeys;
	readonly sealer: Sealer;
	readonly now: () => number;
	/** How long a document stays whose end nobody knows, in milliseconds. */
	readonly maxAge: number;
}

type Edit = (current: string | undefined) => string;

/** Documents as values of Redis: each under a key of its own, sealed together with its name. */
export class RedisDocuments {
	readonly #parts: DocumentsParts;
	/** Writers of this process take turns at a document, and only one of them contends with other processes. */
	readonly #turns = new Map<string, Promise<unknown>>();
	readonly #warned = new Set<Unreadable>();

	constructor(parts: DocumentsParts) {
		this.#parts = parts;
	}

	async read(name: DocumentName): Promise<string | undefined> {
		const key = this.#parts.keys.documentOf(name);
		return this.#open(await this.#get(key), key)?.text;
	}

	async update(
		name: DocumentName,
		edit: Edit,
		usefulUntil?: (document: string) => number,
	): Promise<void> {
		const key = this.#parts.keys.documentOf(name);
		const before = this.#turns.get(key);
		const turn = (async () => {
			await before?.catch(() => {});
			await this.#replace(key, name, edit, usefulUntil);
		})();
		this.#turns.set(key, turn);
		try {
			await turn;
		} finally {
			if (this.#turns.get(key) === turn) this.#turns.delete(key);
		}
	}

	/** Reads every document, as names lie in them: in what can be seen of Redis without the keys, there are none. */
	async *names(): AsyncGenerator<DocumentName> {
		const { redis, keys } = this.#parts;
		const seen = new Set<string>();
		for await (const key of redis.keys(keys.beginning)) {
			if (seen.has(key)) continue;
			seen.add(key);
			const name = this.#open(await this.#get(key), key)?.name;
			if (name !== undefined) yield name;
		}
	}

	async #replace(
		key: string,
		name: DocumentName,
		edit: Edit,
		usefulUntil?: (document: string) => number,
	): Promise<void> {
		const { breaker, redis, sealer } = this.#parts;
		let value = await this.#get(key);
		for (let attempt = 1; attempt <= TRIES; attempt += 1) {
			const text = edit(this.#open(value, key)?.text);
			const sealed = sealer.seal(`${JSON.stringify(name)}\n${text}`, key);
			const age = String(this.#ageOf(text, usefulUntil));
			const version = versionOf(value);
			const reply = await breaker.run(() =>
				runScript(redis, SCRIPTS.replace, key, version, sealed, age),
			);
			if (Number(reply) === 1) return;
			value = textOf(reply);
			const wait = Math.min(attempt, LONGEST_PAUSE_MS);
			await pause(wait * Math.random());
		}
		throw new Error("others kept changing a document in Redis");
	}

	async #get(key: string): Promise<string | undefined> {
		const { breaker, redis } = this.#parts;
		try {
			return textOf(await breaker.run(() => redis.send(key, ["GET", key])));
		} catch (error) {
			if (String(error).includes("WRONGTYPE")) return FOREIGN;
			throw error;
		}
	}

	/** What cannot be opened is as good as none: it costs a request, and the next write replaces it. */
	#open(value: string | undefined, key: string) {
		if (value === undefined) return undefined;
		const opened = this.#parts.sealer.open(value, key);
		if ("why" in opened) {
			this.#warn(opened.why);
			return undefined;
		}
		const end = opened.text.indexOf("\n");
		return {
			name: JSON.parse(opened.text.slice(0, end)) as DocumentName,
			text: opened.text.slice(end + 1),
		};
	}

	#warn(why: Unreadable): void {
		if (this.#warned.has(why)) return;
		this.#warned.add(why);
		log.warning(
			`a document in Redis is not used and will be replaced: ${REASONS[why]}`,
		);
	}

	/** Differences of clocks do not count: it is this clock that says when the tokens just got will end. */
	#ageOf(text: string, usefulUntil?: (document: string) => number): number {
		const { maxAge, now } = this.#parts;
		const end = usefulUntil?.(text) ?? Number.POSITIVE_INFINITY;
		const useful = Math.max(end - now(), 0) + MARGIN_MS;
		return Math.ceil(Math.min(useful, maxAge));
	}
}

const REASONS: Readonly<Record<Unreadable, string>> = {
	foreign:
		"this library did not write it. Give the store a prefix that nobody else uses.",
	"unknown key":
		"the key that sealed it is not among the option keys. Give every process all keys before any of them seals with a new one.",
	damaged:
		"it does not open with the key of its id: either that is another key with the same id, or the document was changed or moved.",
	unsealed:
		"it is not sealed, and plain text is read only with unsafeAllowUnencryptedStorage.",
};

/** What the script compares. */
function versionOf(value: string | undefined): string {
	if (value === undefined) return "";
	return value.startsWith(FORM) ? value.slice(0, VERSION_LENGTH) : FOREIGN;
}

function textOf(reply: unknown): string | undefined {
	return reply === null || reply === undefined ? undefined : String(reply);
}
