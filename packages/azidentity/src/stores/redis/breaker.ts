import { log } from "../../foundation/log.ts";

/** The wait is counted in so many turns: a process that was busy itself has not listened, and what came in meanwhile counts. */
const TURNS = 5;

/** How long Redis is left alone after it kept somebody waiting. Twice as long each time, and up to a minute. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Redis is left alone at present: nothing was sent, and nobody waited. */
export class RedisPausedError extends Error {
	override readonly name = "RedisPausedError";
	constructor() {
		super("Redis did not answer in time and is left alone for a while.");
	}
}

/**
 * Keeps a Redis that is lost from costing more than one wait. After a command without an answer in time, further ones are
 * refused at once; after a pause one is sent that nobody waits for, and when it is answered all goes on as before.
 */
export class Breaker {
	readonly #timeout: number;
	readonly #now: () => number;
	#isOpen = false;
	#isProbing = false;
	#pause = 0;
	#openUntil = 0;

	/** @param timeout How long an answer may take, in milliseconds. */
	constructor(timeout: number, now: () => number) {
		this.#timeout = timeout;
		this.#now = now;
	}

	/**
	 * Waits for the answer, for so long as one may take. Rejects as the command does, or for want of an answer.
	 * @param late Is given an answer that came when nobody waited any more.
	 */
	async run<T>(
		command: () => Promise<T>,
		late: (answer: T) => void = () => {},
	): Promise<T> {
		if (!this.#isOpen) {
			try {
				return await this.#inTime(command, late);
			} catch (error) {
				if (error instanceof NoAnswerError && !this.#isOpen) this.#open();
				throw error;
			}
		}
		if (!this.#isProbing && this.#now() >= this.#openUntil)
			void this.#probe(command, late);
		throw new RedisPausedError();
	}

	#inTime<T>(command: () => Promise<T>, late: (answer: T) => void): Promise<T> {
		return new Promise((resolve, reject) => {
			let turns = TURNS;
			const turn = () => {
				turns -= 1;
				if (turns > 0) timer = setTimeout(turn, this.#timeout / TURNS);
				else reject(new NoAnswerError(this.#timeout));
			};
			let timer = setTimeout(turn, this.#timeout / TURNS);
			command()
				.finally(() => clearTimeout(timer))
				.then((answer) => (turns > 0 ? resolve(answer) : late(answer)), reject);
		});
	}

	#open(): void {
		this.#isOpen = true;
		const longer = Math.max(FIRST_PAUSE_MS, 2 * this.#pause);
		this.#pause = Math.min(longer, LONGEST_PAUSE_MS);
		// Processes that lost Redis together shall not all come back together.
		this.#openUntil = this.#now() + this.#pause * (0.5 + Math.random() / 2);
	}

	async #probe<T>(
		command: () => Promise<T>,
		late: (answer: T) => void,
	): Promise<void> {
		this.#isProbing = true;
		try {
			late(await this.#inTime(command, late));
			this.#isOpen = false;
			this.#pause = 0;
			log.info("Redis answers again, and is used again.");
		} catch {
			this.#open();
		} finally {
			this.#isProbing = false;
		}
	}
}

class NoAnswerError extends Error {
	override readonly name = "NoAnswerError";
	constructor(timeout: number) {
		super(`Redis did not answer within ${timeout} ms.`);
	}
}
