import type { Entry } from "./entry.ts";
import { type MissMessage, measuredNeed, metrics } from "./metrics.ts";
import type { Ask } from "./need.ts";
import type { Owner } from "./owner.ts";

interface Parts {
	readonly cae: boolean;
	readonly owner: Owner;
}

/** Says that a caller was served from memory. For those who have looked whether anybody listens. */
export function tellHit(parts: Parts, { written }: Ask, isDue: boolean): void {
	metrics.hit.publish({ ...measuredNeed(parts, written), isDue });
}

/** Says why a caller was not served from memory, when somebody listens. */
export function tellMiss(
	parts: Parts,
	ask: Ask,
	why: "refused" | { readonly entry: Entry | undefined; readonly now: number },
): void {
	if (!metrics.miss.hasSubscribers) return;
	const reason = why === "refused" ? why : reasonOf(ask, why.entry, why.now);
	metrics.miss.publish({ ...measuredNeed(parts, ask.written), reason });
}

/** Says that a caller waits for what another one has set off, when somebody listens. */
export function tellJoin(parts: Parts, { written }: Ask): void {
	if (metrics.join.hasSubscribers)
		metrics.join.publish(measuredNeed(parts, written));
}

function reasonOf(
	{ claims }: Ask,
	entry: Entry | undefined,
	now: number,
): MissMessage["reason"] {
	if (claims !== undefined) return "claims";
	if (entry === undefined) return "empty";
	return now <= entry.usableFrom ? "clock" : "expired";
}
