import type { Material } from "./mutation.ts";

/** A parser, and what must hold for whatever it is given. */
export interface Target {
	readonly material: Material;
	/**
	 * Gives it an input, and throws what it throws. What it takes, the target looks at: an Error thrown by
	 * `assert` is something that does not hold.
	 * @param choice A random number from 0 to below 1, where the parser is asked in more than one way.
	 */
	parse(input: string, choice: number): void | Promise<void>;
	/** Whether an error is one that the parser's callers know. */
	isKnown(error: unknown): boolean;
	/** Whether the parser may show in its error what this input holds: an error's description, say. Default: never. */
	shows?(input: string): boolean;
}

/** In the seeds wherever a secret stands. It looks like one nowhere, so that nothing but the place protects it. */
export const SECRET = "kZq7-planted-Wv3";

/** Inputs hold at least so much of it, and errors nothing. */
export const SECRET_CORE = "planted";
