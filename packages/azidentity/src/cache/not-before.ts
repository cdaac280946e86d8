/** A clock that is turned back must not make a short wait a long one. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** More than a partition has needs; when there are more, the service is asked once too often at worst. */
const MAX_ENTRIES = 1_000;

/** What the service does not want to be asked again yet, and the errors in which it said so. */
export class NotBefore {
	readonly #entries = new Map<
		string,
		{ error: unknown; since: number; until: number }
	>();

	set(key: string, error: unknown, since: number, until: number): void {
		if (this.#entries.size >= MAX_ENTRIES) this.#entries.clear();
		this.#entries.set(key, { error, since, until });
	}

	/** The error that still stands, if any. */
	get(key: string, now: number): { error: unknown } | undefined {
		const entry = this.#entries.get(key);
		if (entry === undefined) return undefined;
		if (now < entry.until && now > entry.since - CLOCK_SLACK_MS) return entry;
		this.#entries.delete(key);
		return undefined;
	}
}
