/** Numbers in the order of events, because seconds on tokens cannot tell a revocation from the sign-in after it. */
export interface Moments {
	/** A number greater than any before. */
	next(): number;
}

/**
 * Microseconds, pushed on where two events share one. The clock is the real one on purpose: moving the emulator's clock
 * changes how late it is, not in which order things happened. It keeps rising over a restart, as tokens outlive one.
 */
export function moments(): Moments {
	let last = 0;
	return {
		next() {
			const real = (performance.timeOrigin + performance.now()) * 1_000;
			last = Math.max(last + 1, Math.floor(real));
			return last;
		},
	};
}

/** When users and apps were last revoked. */
export interface Revocations {
	/** Ends what was issued until now to this object id or client id. */
	revoke(id: string): void;
	/** The moment of the latest revocation of any of these, or 0. */
	latest(...ids: (string | undefined)[]): number;
}

export function revocations(order: Moments): Revocations {
	const last = new Map<string, number>();
	return {
		revoke(id) {
			last.set(id, order.next());
		},
		latest: (...ids) =>
			Math.max(0, ...ids.map((id) => last.get(id ?? "") ?? 0)),
	};
}
