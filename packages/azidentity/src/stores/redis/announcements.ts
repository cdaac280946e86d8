import { randomUUID } from "node:crypto";
import type { DocumentName } from "../../cache/token-store.ts";
import { log } from "../../foundation/log.ts";
import type { Breaker } from "./breaker.ts";
import type { RedisCommands, Subscription } from "./redis-client.ts";
import type { Sealer } from "./sealer.ts";

/** How long to wait before listening is tried again, when it could not be begun. */
const RETRY_MS = 10_000;

interface AnnouncementsParts {
	readonly redis: RedisCommands;
	readonly breaker: Breaker;
	readonly sealer: Sealer;
	readonly channel: string;
}

type Heard = (name: DocumentName) => void;

/**
 * Revocations by publish and subscribe. What is published is sealed as documents are, so that nobody without the keys can
 * make one up; and all that one can bring about is that a token is looked up anew.
 */
export class Announcements {
	readonly #parts: AnnouncementsParts;
	/** What this store says itself is no news to it. */
	readonly #speaker = randomUUID();
	readonly #listeners = new Set<Heard>();
	#subscription: Promise<Subscription> | undefined;
	#retry: NodeJS.Timeout | undefined;
	#isClosed = false;

	constructor(parts: AnnouncementsParts) {
		this.#parts = parts;
	}

	async announce(name: DocumentName): Promise<void> {
		const { breaker, channel, redis, sealer } = this.#parts;
		const text = JSON.stringify([this.#speaker, name]);
		const command = ["PUBLISH", channel, sealer.seal(text, channel)];
		await breaker.run(() => redis.send(undefined, command));
	}

	listen(heard: Heard): () => void {
		this.#listeners.add(heard);
		this.#subscribe();
		return () => void this.#listeners.delete(heard);
	}

	/** Resolves when the connection that listens is gone. */
	async close(): Promise<void> {
		this.#isClosed = true;
		this.#listeners.clear();
		clearTimeout(this.#retry);
		const subscription = await this.#subscription?.catch(() => undefined);
		await subscription?.close();
	}

	#subscribe(): void {
		if (this.#isClosed || this.#subscription !== undefined) return;
		const { channel, redis } = this.#parts;
		this.#subscription = redis.subscribe(channel, (message) =>
			this.#hear(message),
		);
		this.#subscription.catch((error) => {
			log.warning(
				`revocations in other processes are not heard for now, as Redis could not be subscribed to: ${error}`,
			);
			this.#subscription = undefined;
			if (this.#isClosed) return;
			this.#retry = setTimeout(
				() => this.#subscribe(),
				RETRY_MS * (0.5 + Math.random() / 2),
			).unref();
		});
	}

	#hear(message: string): void {
		const { channel, sealer } = this.#parts;
		const opened = sealer.open(message, channel);
		// Nothing to warn of: anybody may publish, and it has no effect.
		if ("why" in opened) return;
		const [speaker, name] = JSON.parse(opened.text) as [string, DocumentName];
		if (speaker === this.#speaker) return;
		for (const heard of this.#listeners) heard(name);
	}
}
