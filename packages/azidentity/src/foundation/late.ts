/**
 * A function that the first call makes, out of what is loaded then. It is made once: what it remembers, it remembers for
 * all calls. What could not be loaded is tried again by the next call.
 */
export function late<Args extends unknown[], Result>(
	make: () => Promise<(...args: Args) => Promise<Result>>,
): (...args: Args) => Promise<Result> {
	let made: ((...args: Args) => Promise<Result>) | undefined;
	return async (...args) => {
		const own = made ?? (await make());
		// Others may have been faster, and what theirs has learned counts.
		made ??= own;
		return made(...args);
	};
}
